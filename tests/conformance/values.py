"""Attribute values as DynamoDB's JSON has them, in few letters."""


def S(text):
    return {"S": text}


def N(number):
    return {"N": str(number)}


def B(base64):
    return {"B": base64}


def SS(*texts):
    return {"SS": list(texts)}


def NS(*numbers):
    return {"NS": [str(number) for number in numbers]}


def L(*values):
    return {"L": list(values)}


def M(**values):
    return {"M": values}


TRUE, FALSE, NULL = {"BOOL": True}, {"BOOL": False}, {"NULL": True}


def deep(maps):
    """A string in so many maps; the value has a level more than that."""
    value = S("leaf")
    for _ in range(maps):
        value = M(n=value)
    return value


def condition(operator, *values):
    """An element of KeyConditions, QueryFilter, ScanFilter or Expected."""
    return {"ComparisonOperator": operator, "AttributeValueList": list(values)}
