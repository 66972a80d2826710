"""How is a publication printed? The entries of `docs/sources.bib` that a method is from, as a reader looks them up."""

from __future__ import annotations

CITATIONS = {
    "agresti_1992": (
        "Agresti A. A survey of exact inference for contingency tables. Statistical Science 1992;7:131–177."
    ),
    "armitage_1955": "Armitage P. Tests for linear trends in proportions and frequencies. Biometrics 1955;11:375–386.",
    "benjamini_hochberg_1995": (
        "Benjamini Y, Hochberg Y. Controlling the false discovery rate: a practical and powerful approach to "
        "multiple testing. Journal of the Royal Statistical Society, Series B 1995;57:289–300."
    ),
    "blaker_2000": (
        "Blaker H. Confidence curves and improved exact confidence intervals for discrete distributions. Canadian "
        "Journal of Statistics 2000;28:783–798."
    ),
    "boschloo_1970": (
        "Boschloo RD. Raised conditional level of significance for the 2x2-table when testing the equality of two "
        "probabilities. Statistica Neerlandica 1970;24:1–9."
    ),
    "brookmeyer_crowley_1982": (
        "Brookmeyer R, Crowley J. A confidence interval for the median survival time. Biometrics 1982;38:29–41."
    ),
    "clopper_pearson_1934": (
        "Clopper CJ, Pearson ES. The use of confidence or fiducial limits illustrated in the case of the binomial. "
        "Biometrika 1934;26:404–413."
    ),
    "fay_2010": (
        "Fay MP. Two-sided exact tests and matching confidence intervals for discrete data. The R Journal 2010;2:53–58."
    ),
    "greenland_robins_1985": (
        "Greenland S, Robins JM. Estimation of a common effect parameter from sparse follow-up data. Biometrics "
        "1985;41:55–68."
    ),
    "greenwood_1926": (
        "Greenwood M. The natural duration of cancer. Reports on Public Health and Medical Subjects 33, London, 1926."
    ),
    "hahn_meeker_1991": "Hahn GJ, Meeker WQ. Statistical Intervals: A Guide for Practitioners. Wiley, 1991.",
    "hastie_2009": (
        "Hastie T, Tibshirani R, Friedman J. The Elements of Statistical Learning (second edition). Springer, 2009."
    ),
    "hodges_lehmann_1963": (
        "Hodges JL, Lehmann EL. Estimates of location based on rank tests. The Annals of Mathematical Statistics "
        "1963;34:598–611."
    ),
    "hollander_wolfe_1999": "Hollander M, Wolfe DA. Nonparametric Statistical Methods (second edition). Wiley, 1999.",
    "holm_1979": (
        "Holm S. A simple sequentially rejective multiple test procedure. Scandinavian Journal of Statistics "
        "1979;6:65–70."
    ),
    "hyndman_fan_1996": (
        "Hyndman RJ, Fan Y. Sample quantiles in statistical packages. The American Statistician 1996;50:361–365."
    ),
    "jonckheere_1954": (
        "Jonckheere AR. A distribution-free k-sample test against ordered alternatives. Biometrika 1954;41:133–145."
    ),
    "kalbfleisch_prentice_1980": (
        "Kalbfleisch JD, Prentice RL. The statistical analysis of failure time data. Wiley, 1980."
    ),
    "kaplan_meier_1958": (
        "Kaplan EL, Meier P. Nonparametric estimation from incomplete observations. Journal of the American "
        "Statistical Association 1958;53:457–481."
    ),
    "kruskal_wallis_1952": (
        "Kruskal WH, Wallis WA. Use of ranks in one-criterion variance analysis. Journal of the American "
        "Statistical Association 1952;47:583–621."
    ),
    "lehmann_1975": "Lehmann EL. Nonparametrics: Statistical Methods Based on Ranks. Holden-Day, 1975.",
    "lydersen_2009": (
        "Lydersen S, Fagerland MW, Laake P. Recommended tests for association in 2x2 tables. Statistics in Medicine "
        "2009;28:1159–1175."
    ),
    "mann_whitney_1947": (
        "Mann HB, Whitney DR. On a test of whether one of two random variables is stochastically larger than the "
        "other. The Annals of Mathematical Statistics 1947;18:50–60."
    ),
    "mantel_1966": (
        "Mantel N. Evaluation of survival data and two new rank order statistics arising in its consideration. "
        "Cancer Chemotherapy Reports 1966;50:163–170."
    ),
    "mantel_haenszel_1959": (
        "Mantel N, Haenszel W. Statistical aspects of the analysis of data from retrospective studies of disease. "
        "Journal of the National Cancer Institute 1959;22:719–748."
    ),
    "mccullagh_nelder_1989": (
        "McCullagh P, Nelder JA. Generalized Linear Models (second edition). Chapman and Hall, 1989."
    ),
    "miettinen_nurminen_1985": (
        "Miettinen O, Nurminen M. Comparative analysis of two rates. Statistics in Medicine 1985;4:213–226."
    ),
    "newcombe_1998": (
        "Newcombe RG. Interval estimation for the difference between independent proportions: comparison of eleven "
        "methods. Statistics in Medicine 1998;17:873–890."
    ),
    "peto_peto_1972": (
        "Peto R, Peto J. Asymptotically efficient rank invariant test procedures. Journal of the Royal Statistical "
        "Society, Series A 1972;135:185–207."
    ),
    "robins_breslow_greenland_1986": (
        "Robins J, Breslow N, Greenland S. Estimators of the Mantel-Haenszel variance consistent in both sparse "
        "data and large-strata limiting models. Biometrics 1986;42:311–323."
    ),
    "sato_1989": (
        "Sato T. On the variance estimator for the Mantel-Haenszel risk difference. Biometrics 1989;45:1323–1324."
    ),
    "wilson_1927": (
        "Wilson EB. Probable inference, the law of succession, and statistical inference. Journal of the American "
        "Statistical Association 1927;22:209–212."
    ),
    "yang_dalton_2012": (
        "Yang D, Dalton JE. A unified approach to measuring the effect size between two groups using SAS. SAS "
        "Global Forum, 2012, Paper 335."
    ),
    "zou_donner_2008": (
        "Zou GY, Donner A. Construction of confidence limits about effect measures: a general approach. Statistics "
        "in Medicine 2008;27:1693–1702."
    ),
}


def short(key: str) -> str:
    """Authors and year, as a table has room for.

    >>> short("miettinen_nurminen_1985")
    'Miettinen, Nurminen 1985'
    """
    people = CITATIONS[key].split(". ")[0].split(", ")
    return f"{', '.join(person.rpartition(' ')[0] for person in people)} {key.rpartition('_')[2]}"
