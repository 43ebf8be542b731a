package document

import (
	"fmt"
	"testing"
)

func TestMain(m *testing.M) {
	ServeJail()
	probeIfAsked()
	if raceDetector {
		fmt.Println("skipped: the race detector needs more address space than a jail gives")
		return
	}
	m.Run()
}
