// The AWS SDK for JavaScript, v3, against the endpoint in argv[2]: what an application does in a day.
import assert from "node:assert/strict";
import { createRequire } from "node:module";

const require = createRequire(process.cwd() + "/package.json"); // the packages lie in the working folder
const { DynamoDBClient, CreateTableCommand, waitUntilTableExists, PutItemCommand, DeleteTableCommand } =
    require("@aws-sdk/client-dynamodb");
const { DynamoDBDocumentClient, PutCommand, GetCommand, UpdateCommand, paginateQuery, BatchWriteCommand,
    TransactWriteCommand } = require("@aws-sdk/lib-dynamodb");

const client = new DynamoDBClient({ endpoint: process.argv[2], region: "eu-west-1", maxAttempts: 1,
    credentials: { accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "secret" } });
const documents = DynamoDBDocumentClient.from(client);
const TableName = "orders";

await client.send(new CreateTableCommand({ TableName, BillingMode: "PAY_PER_REQUEST",
    AttributeDefinitions: [{ AttributeName: "customer", AttributeType: "S" },
        { AttributeName: "nr", AttributeType: "N" }, { AttributeName: "phase", AttributeType: "S" }],
    KeySchema: [{ AttributeName: "customer", KeyType: "HASH" }, { AttributeName: "nr", KeyType: "RANGE" }],
    GlobalSecondaryIndexes: [{ IndexName: "by-phase", Projection: { ProjectionType: "ALL" },
        KeySchema: [{ AttributeName: "phase", KeyType: "HASH" }, { AttributeName: "nr", KeyType: "RANGE" }] }] }));
await waitUntilTableExists({ client, maxWaitTime: 60 }, { TableName });

await documents.send(new PutCommand({ TableName, Item: { customer: "ann", nr: 1, phase: "open",
    parts: [{ sku: "a", count: 2 }], tags: new Set(["x", "y"]), raw: Buffer.from("bytes"), nothing: null } }));
const { Item } = await documents.send(new GetCommand({ TableName, Key: { customer: "ann", nr: 1 } }));
assert.deepEqual(Item.parts, [{ sku: "a", count: 2 }]);
assert.deepEqual(Item.tags, new Set(["x", "y"]));
assert.equal(Buffer.from(Item.raw).toString(), "bytes");

const updated = await documents.send(new UpdateCommand({ TableName, Key: { customer: "ann", nr: 1 },
    UpdateExpression: "SET parts[0].#c = parts[0].#c + :one REMOVE nothing", ExpressionAttributeNames: { "#c": "count" },
    ExpressionAttributeValues: { ":one": 1 }, ReturnValues: "ALL_NEW" }));
assert.equal(updated.Attributes.parts[0].count, 3);
assert.ok(!("nothing" in updated.Attributes));

await assert.rejects(client.send(new PutItemCommand({ TableName,
    Item: { customer: { S: "ann" }, nr: { N: "1" } }, ConditionExpression: "attribute_not_exists(customer)" })),
    { name: "ConditionalCheckFailedException", message: "The conditional request failed" });

await documents.send(new BatchWriteCommand({ RequestItems: { [TableName]: Array.from({ length: 25 }, (_, i) =>
    ({ PutRequest: { Item: { customer: "bob", nr: i, phase: i % 2 ? "open" : "done" } } })) } }));
let found = 0, pages = 0;
for await (const page of paginateQuery({ client: documents, pageSize: 5 }, { TableName, IndexName: "by-phase",
    KeyConditionExpression: "#s = :s", ExpressionAttributeNames: { "#s": "phase" },
    ExpressionAttributeValues: { ":s": "open" } })) {
    found += page.Count;
    pages++;
}
assert.equal(found, 13); // bob's twelve and ann's one
assert.ok(pages >= 3);

await assert.rejects(documents.send(new TransactWriteCommand({ TransactItems: [
    { Put: { TableName, Item: { customer: "cid", nr: 1 } } },
    { ConditionCheck: { TableName, Key: { customer: "nobody", nr: 0 },
        ConditionExpression: "attribute_exists(customer)" } }] })),
    (error) => error.name === "TransactionCanceledException" &&
        error.CancellationReasons[1].Code === "ConditionalCheckFailed");
const { Item: none } = await documents.send(new GetCommand({ TableName, Key: { customer: "cid", nr: 1 } }));
assert.equal(none, undefined);
await client.send(new DeleteTableCommand({ TableName }));
console.log("ok");
