"""The signs of receipts: how prices, codes, counts and columns are written."""

import re
from typing import Final

_MONEY: Final = r"(?:\d{1,3}(?:,\d{3}){1,3}(?:\.\d{2})?|\d{1,6}(?:[.,]\d{2}))"
_SIGNED: Final = r"[£$€₩₹¥￦]\s?\d[\d,]{0,12}(?:\.\d{1,2})?"
_NAMED: Final = (
    r"\d[\d,.]{0,12}\s?"
    r"(?:원(?![가-힣])|원에|원씩|won\b|krw\b|usd\b|gbp\b|eur\b|p\b(?=\s*(?:$|each|/)))"
)
PRICE: Final = re.compile(
    rf"(?:{_SIGNED}|{_NAMED}|(?<![\w.,/:-]){_MONEY}"
    r"(?![\w%:/]|[.,]\d|-\d|\s?(?:kg|g|l|ml|cl|lb|lbs|oz|L|까지|일)\b))",
    re.IGNORECASE,
)
"""A sum of money: with a sign or a currency, with thousands, or with two decimals."""

UNIT_PRICE: Final = re.compile(
    rf"\(?\s*(?:{_SIGNED}|{_MONEY}|\d[\d,.]{{0,8}}\s?p)\s*/\s*\d*\s*"
    r"(?:kg|g|lbs?|oz|l|ml|cl|ea|each|ct|unit|count|개|fl\s?oz)\b\)?"
    r"|\(?\s*\d+\s*(?:kg|g|ml|l|개|매|입|구)\s*당\s*[\d,.]{1,12}\s*원?\s*\)?",
    re.IGNORECASE,
)
"""The price of a measure: £1.20/kg, (100g당 1,980원)."""

NEGATIVE: Final = re.compile(
    rf"(?:^|\s|:)[-−–]\s?(?:{_SIGNED}|{_NAMED}|{_MONEY}|\d)|{_MONEY}-(?=\s|$)"
)
CODE: Final = re.compile(r"(?<![\w.,])#?\d{6,}[A-Z]{0,2}(?![\w.,%])")
NUMBER_IN_FRONT: Final = re.compile(
    r"\A\s*(?:(?:0\d{1,3}|\d{3})(?=[\s*])|\d{1,3}[.)](?=\s)|[A-Z]-(?=[A-Z]{2}))?"
    r"\s*(?:[*•·‣▪◦⁃+-]\s*(?=\D))?"
)
"""The number of a line, or a sign: 001, 1., *, R-."""
LABEL: Final = re.compile(
    r"\A\s*(?:상품\s?명|품\s?명|상품|품목|item|product|description)\s*[:：]\s*", re.IGNORECASE
)
CHECK_BOX: Final = re.compile(r"\A\s*(?:[-*]\s*)?\[[ xXvV✓✔]?\]\s*|\A\s*[☐☑☒✅✔✓□■◻◼]\s*")
FLAGS: Final = re.compile(r"(?:\s+(?:[A-FNOTVXZ*#]|[FTNSBE][FTNSBEPX]))+\s*$|^\s*E\s+(?=\d)")
"""The letters of taxes beside a price."""

COUNT_AT: Final = re.compile(
    rf"(?<![\w.,])(\d{{1,2}})\s*(?:x|×|\*|ea|@|at\s+\d+\s+for|개\s*[x×*@])\s*@?\s*(?={_SIGNED}|{_NAMED}|{_MONEY}|[\d,]{{3,}})",
    re.IGNORECASE,
)
"""How many, before the price of one: 2 x £1.50, 2 @ 3.00, 2 AT 1 FOR 1.98."""
COUNT_NAMED: Final = re.compile(
    r"(?:\b(?:qty|quantity|count)\b|수량|개수)\s*[:.：=]?\s*(\d{1,2})\s*(?:개|ea|x)?(?!\d)",
    re.IGNORECASE,
)
COUNT_IN_FRONT: Final = re.compile(r"\A\s*(\d{1,2})\s?[x×]\s*(?=[^\W\d])", re.IGNORECASE)
COUNT_ALONE: Final = re.compile(r"\A\s*([1-9]\d?)\s+(?=[^\W\d])")
"""How many, without a sign; only before a name with a price."""
COUNT_BEHIND: Final = re.compile(
    r"\s[x×*]\s?(\d{1,2})(?=\s*$|\s+[£$€₩₹¥￦\d|/])|\s\(?(\d{1,2})\s?ea\)?(?=\s*$|\s+\d)",
    re.IGNORECASE,
)
MULTIPLE_OFFER: Final = re.compile(r"(\d{1,2})\s*@\s*\d+\s+for\s", re.IGNORECASE)
UNIT_OF_COUNT: Final = re.compile(r"\s*(?:kg|g|lbs?|oz|l|ml|pints?|pt)\b", re.IGNORECASE)
WEIGHED: Final = re.compile(r"(\d+(?:\.\d+)?\s*(?:kg|g|lbs?|oz))\s*(?:net\s*)?@.*$", re.IGNORECASE)
"""A weight before the price of a measure: 1.31 lb @ 0.59."""
COLUMN: Final = re.compile(
    rf"-?(?:{_SIGNED}|{_MONEY}|\d+)\s?(?:원|[A-FNOTX*#])?|원|/|[|]", re.IGNORECASE
)
RULE: Final = re.compile(r"[\W_]*")
WORD: Final = re.compile(r"[^\W_]+(?:['’&][^\W_]+)*#?")
MISREAD: Final = str.maketrans("015", "ols")
"""Digits that programs read on photos in the place of letters."""
HEADINGS: Final = re.compile(
    r"수량|단가|금액|상품명|품명|품목|\bqty\b|\bquantity\b|\bprice\b|\bamount\b|\bdescription\b|\bitem\b|\btotal\b",
    re.IGNORECASE,
)
HEADED_BY_COUNT: Final = re.compile(r"수량|\bqty\b|\bquantity\b", re.IGNORECASE)
DATED: Final = re.compile(
    r"유통기한|소비기한|기한|까지|\bexp\b|expir|best before|\bbb\b|use by|until|\bby\b",
    re.IGNORECASE,
)
BRACKETED: Final = re.compile(r"[\[(【<{].*?[\])】>}]")
MEASURE: Final = re.compile(
    r"\d+(?:[.,]\d+)?\s?(?:g|kg|ml|l|cl|oz|lb|구|입|개|매|봉|팩|병|캔|pk|pack|pt|pint)",
    re.IGNORECASE,
)
SEGMENT: Final = re.compile(r"[,/;]|\b(?:with|in|for|from)\b|\s[-–—]\s", re.IGNORECASE)

HAS_DIGIT: Final = re.compile(r"\d")
LATIN: Final = re.compile(r"\b[A-Za-z]{2,8}\b(?!['’])")
"""A word that may be a short form."""
HANGUL: Final = re.compile("[가-힣]{3,12}")
"""A Korean word that may end with a name."""
