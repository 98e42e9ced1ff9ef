// The AWS SDK for Go, v2, against the endpoint in the first argument.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

const table = "music"

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func expect(ok bool, what string) {
	if !ok {
		must(errors.New("not so: " + what))
	}
}

func text(value string) types.AttributeValue   { return &types.AttributeValueMemberS{Value: value} }
func number(value string) types.AttributeValue { return &types.AttributeValueMemberN{Value: value} }

func item(artist, song, year string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"artist": text(artist), "song": text(song), "year": number(year)}
}

func create(ctx context.Context, client *dynamodb.Client) {
	_, err := client.CreateTable(ctx, &dynamodb.CreateTableInput{
		TableName:   aws.String(table),
		BillingMode: types.BillingModePayPerRequest,
		AttributeDefinitions: []types.AttributeDefinition{
			{AttributeName: aws.String("artist"), AttributeType: types.ScalarAttributeTypeS},
			{AttributeName: aws.String("song"), AttributeType: types.ScalarAttributeTypeS},
		},
		KeySchema: []types.KeySchemaElement{
			{AttributeName: aws.String("artist"), KeyType: types.KeyTypeHash},
			{AttributeName: aws.String("song"), KeyType: types.KeyTypeRange},
		},
	})
	must(err)
	waiter := dynamodb.NewTableExistsWaiter(client)
	must(waiter.Wait(ctx, &dynamodb.DescribeTableInput{TableName: aws.String(table)}, 60*time.Second))
}

func writeAndRead(ctx context.Context, client *dynamodb.Client) {
	var requests []types.WriteRequest
	for i := 0; i < 25; i++ {
		requests = append(requests, types.WriteRequest{PutRequest: &types.PutRequest{
			Item: item("a", fmt.Sprintf("song %02d", i), fmt.Sprint(1990+i))}})
	}
	_, err := client.BatchWriteItem(ctx, &dynamodb.BatchWriteItemInput{
		RequestItems: map[string][]types.WriteRequest{table: requests}})
	must(err)
	pages := dynamodb.NewQueryPaginator(client, &dynamodb.QueryInput{
		TableName:                 aws.String(table),
		KeyConditionExpression:    aws.String("artist = :a AND song BETWEEN :from AND :to"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":a": text("a"), ":from": text("song 10"), ":to": text("song 19")},
		Limit:                     aws.Int32(4),
	})
	found := 0
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		must(err)
		found += len(page.Items)
	}
	expect(found == 10, "a query of ten songs")
}

func conditions(ctx context.Context, client *dynamodb.Client) {
	_, err := client.PutItem(ctx, &dynamodb.PutItemInput{
		TableName: aws.String(table), Item: item("a", "song 00", "2000"),
		ConditionExpression:                 aws.String("attribute_not_exists(artist)"),
		ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld,
	})
	var failed *types.ConditionalCheckFailedException
	expect(errors.As(err, &failed), "a failed condition has its type")
	expect(failed.Item["year"].(*types.AttributeValueMemberN).Value == "1990", "and the item that was there")
	_, err = client.GetItem(ctx, &dynamodb.GetItemInput{TableName: aws.String("none"),
		Key: map[string]types.AttributeValue{"id": text("x")}})
	var missing *types.ResourceNotFoundException
	expect(errors.As(err, &missing), "a missing table has its type")
}

func transact(ctx context.Context, client *dynamodb.Client) {
	_, err := client.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{TransactItems: []types.TransactWriteItem{
		{Put: &types.Put{TableName: aws.String(table), Item: item("b", "one", "2001")}},
		{Update: &types.Update{TableName: aws.String(table),
			Key:                       map[string]types.AttributeValue{"artist": text("a"), "song": text("song 01")},
			UpdateExpression:          aws.String("ADD plays :one"),
			ExpressionAttributeValues: map[string]types.AttributeValue{":one": number("1")}}},
	}})
	must(err)
	both, err := client.TransactGetItems(ctx, &dynamodb.TransactGetItemsInput{TransactItems: []types.TransactGetItem{
		{Get: &types.Get{TableName: aws.String(table), Key: map[string]types.AttributeValue{"artist": text("b"), "song": text("one")}}},
		{Get: &types.Get{TableName: aws.String(table), Key: map[string]types.AttributeValue{"artist": text("a"), "song": text("song 01")}}},
	}})
	must(err)
	expect(both.Responses[1].Item["plays"].(*types.AttributeValueMemberN).Value == "1", "both were written")
}

func main() {
	ctx := context.Background()
	client := dynamodb.New(dynamodb.Options{
		Region: "eu-west-1", BaseEndpoint: aws.String(os.Args[1]), RetryMaxAttempts: 1,
		Credentials: credentials.NewStaticCredentialsProvider("AKIAIOSFODNN7EXAMPLE", "secret", ""),
	})
	create(ctx, client)
	writeAndRead(ctx, client)
	conditions(ctx, client)
	transact(ctx, client)
	_, err := client.DeleteTable(ctx, &dynamodb.DeleteTableInput{TableName: aws.String(table)})
	must(err)
	fmt.Println("ok")
}
