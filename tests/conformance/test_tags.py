"""TagResource, UntagResource, ListTagsOfResource.

Facts: dynalite test/tagResource.js, untagResource.js, listTagsOfResource.js; dynamodb-conformance tags/basic.
"""

from .rows import refusals
from .tables import keys, on_demand


@refusals("tags.json")
def test_refused(dynamodb, row):
    row.check(dynamodb)


def tags(**values):
    return [{"Key": key, "Value": value} for key, value in values.items()]


def test_tags_come_change_and_go(dynamodb, new_table):
    """TagResource and UntagResource answer an empty body."""
    name = new_table(on_demand("simple", keys("pk"), {"pk": "S"}))
    arn = dynamodb.ok("DescribeTable", TableName=name)["Table"]["TableArn"]

    def listed():
        return sorted(dynamodb.ok("ListTagsOfResource", ResourceArn=arn)["Tags"], key=lambda tag: tag["Key"])

    assert listed() == []
    assert dynamodb.ok("TagResource", ResourceArn=arn, Tags=tags(env="test", project="c")) is None
    assert listed() == tags(env="test", project="c")
    dynamodb.ok("TagResource", ResourceArn=arn, Tags=tags(team="p"))
    assert listed() == tags(env="test", project="c", team="p")
    assert dynamodb.ok("UntagResource", ResourceArn=arn, TagKeys=["team", "project"]) is None
    assert listed() == tags(env="test")
    dynamodb.ok("TagResource", ResourceArn=arn, Tags=tags(env="production"))
    assert listed() == tags(env="production")


def test_a_table_name_of_two_characters_is_no_arn(dynamodb):
    arn = "arn:aws:dynamodb:us-east-1:000000000000:table/ab"
    refusal = dynamodb.refused("ListTagsOfResource", ResourceArn=arn)
    assert refusal[:2] == ("ValidationException", "Invalid TableArn: Invalid ResourceArn provided as input " + arn)


def test_a_table_that_is_not_there_has_no_tags(dynamodb):
    arn = "arn:aws:dynamodb:us-east-1:000000000000:table/absent"
    refusal = dynamodb.refused("ListTagsOfResource", ResourceArn=arn)
    message = f"Requested resource not found: ResourceArn: {arn} not found"
    assert refusal[:2] == ("ResourceNotFoundException", message)
