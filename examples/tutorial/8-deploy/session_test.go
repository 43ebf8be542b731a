package main

import (
	"testing"

	"github.com/retort-go/retort/retorttest"
)

func TestRevocations(t *testing.T) { retorttest.Revocations(t, newDB(t)) }
