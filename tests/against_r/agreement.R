# Kappa by its definition with a standard error by numerical derivatives of the multinomial, and the intraclass
# correlation by the mean squares of aov(). Base R alone. Writes agreement.csv.
options(digits = 15)
out <- data.frame()
add <- function(case, statistic, value) out <<- rbind(out, data.frame(case = case, statistic = statistic, value = sprintf("%.12g", value)))
credit <- function(k, type) {
  d <- abs(outer(1:k, 1:k, "-")) / (k - 1)
  switch(type, none = diag(k), linear = 1 - d, quadratic = 1 - d^2)
}
kappa_of <- function(p, w) { pe <- sum(w * outer(rowSums(p), colSums(p))); (sum(w * p) - pe) / (1 - pe) }
kappa_case <- function(name, m) for (type in c("none", "linear", "quadratic")) {
  w <- credit(nrow(m), type); n <- sum(m); p <- m / n; h <- 1e-6
  g <- sapply(seq_along(p), function(i) { a <- p; b <- p; a[i] <- a[i] + h; b[i] <- b[i] - h; (kappa_of(a, w) - kappa_of(b, w)) / (2 * h) })
  se <- sqrt((sum(p * g^2) - sum(p * g)^2) / n)
  k <- kappa_of(p, w)
  add(name, paste("kappa", type), k); add(name, paste("lower", type), k - qnorm(.975) * se); add(name, paste("upper", type), k + qnorm(.975) * se)
}
kappa_case("satisfaction", matrix(c(7,7,2,3, 2,8,3,7, 1,5,4,9, 2,8,9,14), 4, byrow = TRUE))
kappa_case("diarrhoea", matrix(c(60,10,2, 8,30,7, 1,6,31), 3, byrow = TRUE))
kappa_case("grades", matrix(c(30,6,1,0,0, 5,22,7,1,0, 1,8,19,6,0, 0,2,5,17,3, 0,0,1,4,9), 5, byrow = TRUE))
icc_case <- function(name, x) {
  n <- nrow(x); k <- ncol(x)
  d <- data.frame(y = c(x), s = factor(rep(1:n, k)), r = factor(rep(1:k, each = n)))
  ms <- summary(aov(y ~ s + r, d))[[1]][["Mean Sq"]]; msr <- ms[1]; msc <- ms[2]; mse <- ms[3]
  msw <- summary(aov(y ~ s, d))[[1]][["Mean Sq"]][2]
  f_based <- function(tag, err, df) {
    f <- msr / err
    add(name, tag, (f - 1) / (f + k - 1))
    l <- f / qf(.975, n - 1, df); u <- f * qf(.975, df, n - 1)
    add(name, paste(tag, "lower"), (l - 1) / (l + k - 1)); add(name, paste(tag, "upper"), (u - 1) / (u + k - 1))
  }
  f_based("one_way", msw, n * (k - 1)); f_based("consistency", mse, (n - 1) * (k - 1))
  rho <- (msr - mse) / (msr + (k - 1) * mse + k * (msc - mse) / n)
  a <- k * rho / (n * (1 - rho)); b <- 1 + k * rho * (n - 1) / (n * (1 - rho))
  v <- (a * msc + b * mse)^2 / ((a * msc)^2 / (k - 1) + (b * mse)^2 / ((n - 1) * (k - 1)))
  fl <- qf(.975, n - 1, v); fu <- qf(.975, v, n - 1)
  add(name, "agreement", rho)
  add(name, "agreement lower", n * (msr - fl * mse) / (fl * (k * msc + (k * n - k - n) * mse) + n * msr))
  add(name, "agreement upper", n * (fu * msr - mse) / (k * msc + (k * n - k - n) * mse + n * fu * msr))
}
icc_case("judges", matrix(c(9,2,5,8, 6,1,3,2, 8,4,6,8, 7,1,2,6, 10,5,6,9, 6,2,4,7), 6, byrow = TRUE))
icc_case("stricter", matrix(c(0,1, 1,1, 1,2, 2,3, 3,4, 2,2, 4,4, 0,0), 8, byrow = TRUE))
add("R", as.character(getRversion()), 0)
write.csv(out, "agreement.csv", row.names = FALSE, quote = TRUE)
