"""Which publication is a method from? The keys of `docs/sources.bib` for the words of a row's method and convention."""

from __future__ import annotations

from functools import lru_cache

# By the published name that the words of the method, or of its interval, contain.
SOURCES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Miettinen-Nurminen", ("miettinen_nurminen_1985",)),
    ("Holm", ("holm_1979",)),
    ("Benjamini-Hochberg", ("benjamini_hochberg_1995",)),
    ("Fisher", ("fay_2010",)),
    ("conditional maximum likelihood", ("fay_2010",)),
    ("Blaker", ("blaker_2000",)),
    ("Boschloo", ("boschloo_1970", "lydersen_2009")),
    ("Clopper-Pearson", ("clopper_pearson_1934",)),
    ("Wilson", ("wilson_1927",)),
    ("Cochran-Armitage", ("armitage_1955",)),
    ("exact conditional Cochran-Armitage", ("agresti_1992",)),
    ("rank-sum", ("mann_whitney_1947",)),
    ("Jonckheere-Terpstra", ("jonckheere_1954", "hollander_wolfe_1999")),
    ("Kruskal-Wallis", ("kruskal_wallis_1952",)),
    ("Hodges-Lehmann", ("hodges_lehmann_1963", "lehmann_1975")),
    ("Mantel-Haenszel", ("mantel_haenszel_1959",)),
    ("Robins-Breslow-Greenland", ("robins_breslow_greenland_1986",)),
    ("Sato", ("sato_1989", "greenland_robins_1985")),
    ("Kaplan-Meier", ("kaplan_meier_1958",)),
    ("median by Kaplan-Meier", ("brookmeyer_crowley_1982",)),
    ("log-log", ("kalbfleisch_prentice_1980",)),
    ("log(-log)", ("kalbfleisch_prentice_1980",)),
    ("Greenwood", ("greenwood_1926",)),
    ("log-rank", ("mantel_1966", "peto_peto_1972")),
    ("square-and-add", ("newcombe_1998", "zou_donner_2008")),
    ("order statistics", ("hahn_meeker_1991",)),
    ("type 2", ("hyndman_fan_1996",)),
    ("natural cubic spline", ("hastie_2009", "mccullagh_nelder_1989")),
    ("standardised difference", ("yang_dalton_2012",)),
)

# What is counting or plain probability and has no publication of its own; `docs/methods` explains it.
OWN = (
    "permutation law",
    "bound over all completions",
    "do the P values fall",
    "1 minus the product of (1 - hazard)",
)


@lru_cache(maxsize=4096)  # tens of thousands of rows have some fifty methods
def reference_of(method: str, convention: str = "") -> str:
    """The citation keys of a method and its convention, joined by blanks; empty where nothing is to be cited.

    >>> reference_of("Miettinen-Nurminen score, adjusted by Holm over 6 endpoints")
    'miettinen_nurminen_1985 holm_1979'
    """
    words = f"{method}; {convention}" if method else ""
    found = (key for name, keys in SOURCES if name in words for key in keys)
    return " ".join(dict.fromkeys(found))
