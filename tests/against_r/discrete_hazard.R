# Cumulative risk with log(-log) interval from R survival, for test_discrete_hazard.py.
# Run: Rscript discrete_hazard.R > discrete_hazard.csv   (made with R 4.2.2, survival 3.5-3)
library(survival)

cumulative <- function(name, at_risk, events) {
  time <- c(); status <- c()
  for (dose in seq_along(at_risk)) {
    later <- if (dose < length(at_risk)) at_risk[dose + 1] else 0
    stopped <- at_risk[dose] - events[dose] - later
    time <- c(time, rep(dose, at_risk[dose] - later))
    status <- c(status, rep(1, events[dose]), rep(0, stopped))
  }
  fit <- summary(survfit(Surv(time, status) ~ 1, conf.type = "log-log"), times = length(at_risk))
  cat(sprintf("%s,%s,%s,%.15f,%.15f,%.15f\n", name, paste(at_risk, collapse = " "), paste(events, collapse = " "),
              1 - fit$surv, 1 - fit$upper, 1 - fit$lower))
}

cat("name,at_risk,events,risk,lower,upper\n")
early <- list(c(40, 37, 33, 31, 31, 27, 25, 21, 19, 16, 16, 13, 12, 7), c(2, 2, 1, 0, 2, 1, 3, 2, 3, 0, 2, 0, 5, 2))
late <- list(c(40, 36, 33, 31, 29, 28, 21, 19), c(2, 1, 0, 0, 0, 1, 1, 0))
cumulative("80 invented patients of the first era 7 doses", early[[1]][1:7], early[[2]][1:7])
cumulative("80 invented patients of the first era 14 doses", early[[1]], early[[2]])
cumulative("80 invented patients of the last era 7 doses", late[[1]][1:7], late[[2]][1:7])
cumulative("one dose", 155, 28)
cumulative("rare event", c(155, 150, 140, 120), c(0, 0, 1, 0))
