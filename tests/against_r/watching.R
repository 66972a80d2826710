# Limits of a funnel by the published formula, geometric limits, and an exponentially weighted average.
options(digits = 16)
limit <- function(n, target, share) {
  x <- qbinom(share, n, target)
  pmin(1, pmax(0, (x - (pbinom(x, n, target) - share) / dbinom(x, n, target)) / n))
}
n <- c(20, 155, 432)
print(limit(n, .1, .025)); print(limit(n, .1, .975))
print(qgeom(c(.00135, .5, .99865), 1 / 47.75)); print(pgeom(119, 1 / 47.75, lower.tail = FALSE))
y <- c(0, 1, 1, 0, 0, 1); p <- c(.05, .1, .05, .3, .2, .4)
print(as.numeric(filter(.2 * (y - p), .8, method = "recursive")))
