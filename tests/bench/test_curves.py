"""What the bench draws is a well-formed picture of its figures."""

from __future__ import annotations

from xml.etree import ElementTree

from tests.bench.curves import Axis, Line, chart
from tests.bench.judged import Judged
from tests.bench.reliability import bins, calibration_error, drawn


def test_a_chart_holds_every_line_and_no_markup_of_its_names() -> None:
    axis = Axis("SKUs", 1e4, 1e6, [1e4, 1e5, 1e6], logarithmic=True)
    lines = [Line("a < b & c", [(1e4, 1), (1e6, 4)]), Line("target", [(1e4, 1), (1e6, 8)], dashed=True)]
    picture = ElementTree.fromstring(chart("Cost", axis, Axis("ms", 0, 10, [0, 5, 10]), lines))
    texts = [node.text for node in picture.iter("{http://www.w3.org/2000/svg}text")]
    assert {"a < b & c", "target", "10k", "100k", "1M"} <= set(texts)
    assert len(list(picture.iter("{http://www.w3.org/2000/svg}polyline"))) == 2


def test_a_logarithmic_axis_has_its_middle_at_the_geometric_mean() -> None:
    axis = Axis("", 1e4, 1e6, [], logarithmic=True)
    assert abs(axis.share(1e5) - 0.5) < 1e-9
    assert axis.share(1) == 0
    assert axis.share(1e9) == 1


def case(confidence: float, right: bool) -> Judged:
    return Judged("demo", "", confidence, {}, right, True, False, False, True)


def test_confidence_that_keeps_its_promise_has_no_error() -> None:
    cases = [case(0.9, True)] * 9 + [case(0.9, False)]
    assert calibration_error(cases) < 1e-9
    assert [one.frames for one in bins(cases)] == [10]
    ElementTree.fromstring(drawn(cases))


def test_confidence_that_promises_too_much_is_off_by_as_much() -> None:
    assert abs(calibration_error([case(0.9, False)] * 10) - 0.9) < 1e-9
