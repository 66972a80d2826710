# Competing risks, restricted means and Cox regression on twenty invented patients and on 120 with many ties.
library(survival); library(cmprsk); options(digits = 16)
months <- c(2,3,3,5,6,6,8,9,10,12,12,14,15,18,20,21,24,24,30,36)
status <- c(1,2,1,0,1,2,1,0,2,1,1,0,2,0,1,2,0,1,0,0)
group <- rep(1:2, 10)
curve <- function(time, status) {
  fit <- survfit(Surv(time, factor(status)) ~ 1)
  cat("time", fit$time, "\nincidence", fit$pstate[, 2:3], "\nerror", fit$std.err[, 2:3], "\n")
}
compared <- function(time, status, group) cat("gray", cuminc(time, status, group)$Tests[, "stat"], "\n")
curve(months, status); compared(months, status, group)
set.seed(1); n <- 120
time <- sample(1:15, n, TRUE); what <- sample(0:2, n, TRUE, c(.3, .4, .3)); arm <- sample(1:3, n, TRUE)
age <- sample(0:3, n, TRUE); site <- sample(1:3, n, TRUE)
cat("patients", time, "\n", what, "\n", arm, "\n", age, "\n", site, "\n")
curve(time, what); compared(time, what, arm)
fitted <- function(fit) cat("cox", coef(fit), "\n", vcov(fit), "\n", fit$loglik, "\n")
fitted(coxph(Surv(months, status == 1) ~ group, ties = "efron", eps = 1e-14))
fitted(coxph(Surv(time, what == 1) ~ age + I(age == 2) + strata(site), ties = "efron", eps = 1e-14))
