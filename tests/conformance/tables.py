"""Tables, and those that every case may use: they are there when a server has started.

`hash` and `range` have keys a, and a and b; `simple` and `composite` have pk, and pk and sk. The suffix is the
type of the last key where it is not a string.
"""

UNITS = {"ReadCapacityUnits": 2, "WriteCapacityUnits": 2}


def keys(partition, sort=None):
    schema = [{"AttributeName": partition, "KeyType": "HASH"}]
    return schema + [{"AttributeName": sort, "KeyType": "RANGE"}] if sort else schema


def attributes(**types):
    return [{"AttributeName": name, "AttributeType": kind} for name, kind in types.items()]


def index(name, schema, projection="ALL", *names):
    """An index that projects `projection`; INCLUDE with names."""
    return {
        "IndexName": name,
        "KeySchema": schema,
        "Projection": {"ProjectionType": projection, **({"NonKeyAttributes": list(names)} if names else {})},
    }


def provisioned(name, schema, types, **members):
    return {
        "TableName": name,
        "KeySchema": schema,
        "AttributeDefinitions": attributes(**types),
        "ProvisionedThroughput": UNITS,
        **members,
    }


def on_demand(name, schema, types, **members):
    return {
        "TableName": name,
        "KeySchema": schema,
        "AttributeDefinitions": attributes(**types),
        "BillingMode": "PAY_PER_REQUEST",
        **members,
    }


COMMON = [
    provisioned("hash", keys("a"), {"a": "S"}),
    on_demand("hash_number", keys("a"), {"a": "N"}),
    provisioned(
        "range",
        keys("a", "b"),
        {"a": "S", "b": "S", "c": "S", "d": "S"},
        LocalSecondaryIndexes=[index("index1", keys("a", "c")), index("index2", keys("a", "d"), "INCLUDE", "c")],
        GlobalSecondaryIndexes=[
            {**index("index3", keys("c")), "ProvisionedThroughput": UNITS},
            {**index("index4", keys("c", "d"), "INCLUDE", "e"), "ProvisionedThroughput": UNITS},
        ],
    ),
    provisioned("range_number", keys("a", "b"), {"a": "S", "b": "N"}),
    provisioned("range_binary", keys("a", "b"), {"a": "S", "b": "B"}),
    on_demand("simple", keys("pk"), {"pk": "S"}),
    on_demand("simple_number", keys("pk"), {"pk": "N"}),
    on_demand("simple_binary", keys("pk"), {"pk": "B"}),
    on_demand(
        "composite",
        keys("pk", "sk"),
        {"pk": "S", "sk": "S", "lsi1sk": "S", "lsi2sk": "S"},
        LocalSecondaryIndexes=[index("lsi1", keys("pk", "lsi1sk")), index("lsi2", keys("pk", "lsi2sk"), "KEYS_ONLY")],
        GlobalSecondaryIndexes=[
            index("gsi1", keys("lsi1sk")),
            index("gsi2", keys("lsi1sk", "lsi2sk"), "INCLUDE", "data"),
        ],
    ),
    on_demand("composite_number", keys("pk", "sk"), {"pk": "S", "sk": "N"}),
    on_demand("composite_binary", keys("pk", "sk"), {"pk": "S", "sk": "B"}),
]
