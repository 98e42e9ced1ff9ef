"""GetItem: projections. Facts: dynalite test/getItem.js; dynamodb-conformance getItem/projection, legacy-api."""

import pytest

from .rows import refusals
from .values import L, M, S

ATTRIBUTES = {"a": M(b=S("bb")), "l": L(S("l0"), S("l1"), S("l2")), "m": M(a=S("A"), b=S("B"), c=S("C"))}


@refusals("get_item.json")
def test_refused(dynamodb, row):
    row.check(dynamodb)


@pytest.mark.parametrize("request_, item", [
    ({"ProjectionExpression": "l[2], l[0]"}, {"l": L(S("l0"), S("l2"))}),
    ({"ProjectionExpression": "#m.#a, #m.#b", "ExpressionAttributeNames": {"#m": "m", "#a": "a", "#b": "b"}},
     {"m": M(a=S("A"), b=S("B"))}),
    ({"ProjectionExpression": "a.b, l[1]"}, {"a": M(b=S("bb")), "l": L(S("l1"))}),
    ({"ProjectionExpression": "zz"}, {}),
    ({"AttributesToGet": ["a", "m", "zz"]}, {"a": ATTRIBUTES["a"], "m": ATTRIBUTES["m"]}),
], ids=["elements in the list's order", "siblings in one map", "nested paths", "nothing", "AttributesToGet"])
def test_a_projection_answers(dynamodb, key, request_, item):
    dynamodb.put("simple", pk=S(key), **ATTRIBUTES)
    assert dynamodb.ok("GetItem", TableName="simple", Key={"pk": S(key)}, **request_) == {"Item": item}
