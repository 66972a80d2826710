# Mid-P bounds of one proportion by root finding, which exactci gives to four digits only.
midp <- function(x, n, tail = 0.025) {
  above <- function(p) 1 - pbinom(x, n, p) + dbinom(x, n, p) / 2 - tail
  below <- function(p) pbinom(x, n, p) - dbinom(x, n, p) / 2 - tail
  lower <- if (x == 0) 0 else uniroot(above, c(0, 1), tol = 1e-15)$root
  upper <- if (x == n) 1 else uniroot(below, c(0, 1), tol = 1e-15)$root
  c(lower, upper)
}
for (x in list(c(28, 155), c(6, 155), c(0, 155), c(1, 3)))
  cat("mid_p_proportion", x, format(midp(x[1], x[2]), digits = 16), "\n")
