"""What AWS's DynamoDB answers, case by case, asked of both stores over the wire.

The facts (a request and the service's answer to it) are those of two public suites: dynalite's
(github.com/architect/dynalite, Apache-2.0) and dynamodb-conformance (github.com/paritysuite, recorded
against AWS). Refusals are rows of tests/data/dynamodb/conformance; what takes several calls is a test here.
"""
