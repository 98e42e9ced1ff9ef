"""The REST API as a client sees it: addresses, answers and errors, against the contract's texts."""

import json
import re

import pytest

from conftest import HANDLERS

ECHO = {"operation": "echo", "payload": {"hello": "world", "n": 1.0}}


@pytest.mark.parametrize("path", ["/DynamoDBManager", "/Prod/DynamoDBManager", "/DynamoDBManager/",
                                  "//Prod/DynamoDBManager"])
def test_the_body_is_the_event(squall, path):
    status, headers, body = squall.request("POST", path, '{"operation":"echo","payload":{"n":1.0}}')
    assert (status, body) == (200, b'{"n":1.0}')
    assert headers["content-type"] == "application/json"
    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", headers["x-amzn-requestid"])
    assert re.fullmatch(r"[\w-]{15}=", headers["x-amz-apigw-id"])
    assert re.fullmatch(r"Root=1-[0-9a-f]{8}-[0-9a-f]{24};Parent=[0-9a-f]{16};Sampled=0", headers["x-amzn-trace-id"])
    assert headers["connection"].lower() == "keep-alive"


def test_a_function_error_is_200_with_its_body(squall):
    status, answer = squall.post("/DynamoDBManager", {"operation": "X"})
    assert status == 200
    assert answer["errorMessage"] == 'Unrecognized operation "X"'
    assert answer["errorType"] == "ValueError"


@pytest.mark.parametrize("method, path", [("GET", "/DynamoDBManager"), ("POST", "/"), ("POST", "/Prod"),
                                          ("POST", "/DynamoDBManager/more"), ("DELETE", "/nowhere")])
def test_no_such_route_is_missing_authentication_token(squall, method, path):
    status, headers, body = squall.request(method, path)
    assert (status, body) == (403, b'{"message":"Missing Authentication Token"}')
    assert headers["x-amzn-errortype"] == "MissingAuthenticationTokenException"
    assert "x-amzn-trace-id" not in headers


def test_a_body_that_is_no_json_is_lambda_s_error_through_the_integration(squall):
    status, headers, body = squall.request("POST", "/DynamoDBManager", "not json")
    answer = json.loads(body)
    assert status == 200 and answer["Type"] == "User"
    assert answer["message"].startswith("Could not parse request body into json")
    assert headers["content-type"] == "application/json"


def test_an_empty_body_is_an_empty_event(squall):
    status, _, body = squall.request("POST", "/DynamoDBManager")
    assert (status, json.loads(body)["errorType"]) == (200, "KeyError")


PROXY_TEMPLATE = """
AWSTemplateFormatVersion: "2010-09-09"
Transform: AWS::Serverless-2016-10-31
Resources:
  Hello:
    Type: AWS::Serverless::Function
    Properties:
      FunctionName: hello
      Handler: bootstrap
      Runtime: provided.al2023
      CodeUri: %(handlers)s/hello/
  Sleep:
    Type: AWS::Serverless::Function
    Properties:
      FunctionName: sleep
      Handler: bootstrap
      Runtime: provided.al2023
      Timeout: 30
      CodeUri: %(handlers)s/sleep/
  Api:
    Type: AWS::Serverless::Api
    Properties:
      StageName: dev
      DefinitionBody:
        openapi: "3.0.1"
        info: {title: test, version: "1"}
        paths:
          /hello/{name}:
            x-amazon-apigateway-any-method:
              x-amazon-apigateway-integration:
                type: aws_proxy
                httpMethod: POST
                uri: !Sub "arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${Hello.Arn}/invocations"
          /mock:
            options:
              responses:
                "200":
                  headers:
                    Access-Control-Allow-Origin: {schema: {type: string}}
              x-amazon-apigateway-integration:
                type: mock
                requestTemplates: {application/json: '{"statusCode": 200}'}
                responses:
                  default:
                    statusCode: "200"
                    responseParameters:
                      method.response.header.Access-Control-Allow-Origin: "'*'"
          /slow:
            post:
              responses: {"200": {}}
              x-amazon-apigateway-integration:
                type: aws
                httpMethod: POST
                timeoutInMillis: 300
                uri: !Sub "arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${Sleep.Arn}/invocations"
                responses: {default: {statusCode: "200"}}
"""


@pytest.fixture
def proxy(start_squall, tmp_path):
    template = tmp_path / "template.yaml"
    template.write_text(PROXY_TEMPLATE % {"handlers": HANDLERS.resolve()}, encoding="utf-8")
    return start_squall("--memory", template)


def test_a_proxy_function_makes_the_whole_answer(proxy):
    for method in ("GET", "POST", "DELETE"):
        status, headers, body = proxy.request(method, "/dev/hello/me?x=1")
        assert (status, body) == (200, b'{"message":"hello"}')
        assert headers["content-type"] == "application/json"


def test_a_mock_answers_a_preflight(proxy):
    status, headers, body = proxy.request("OPTIONS", "/mock")
    assert (status, body) == (200, b"")
    assert headers["access-control-allow-origin"] == "*"


def test_an_integration_that_takes_too_long_is_504(proxy):
    status, headers, body = proxy.request("POST", "/slow", '{"ms": 1500}')
    assert (status, body) == (504, b'{"message": "Endpoint request timed out"}')
    assert headers["x-amzn-errortype"] == "InternalServerErrorException"
    assert proxy.request("POST", "/slow", '{"ms": 1}')[2] == b'{"slept_ms":1}'
