from algebra.evidence.bounds import Bounds as Bounds
from algebra.evidence.bounds import Evidence as Evidence
from algebra.evidence.bounds import Grade as Grade
from algebra.evidence.certificate import Certificate as Certificate
from algebra.evidence.checker import Report as Report
from algebra.evidence.checker import check as check
