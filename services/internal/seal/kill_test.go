package seal_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/services/internal/clock"
	"github.com/ics-openbook/openbook/services/internal/seal"
)

const victim = "OPENBOOK_TEST_SEAL_IN"

// TestMain is also the process that is killed: it seals, and tells each value
// once it has it.
func TestMain(m *testing.M) {
	path := os.Getenv(victim)
	if path == "" {
		os.Exit(m.Run())
	}
	keys, err := seal.Open(path, clock.System)
	for i := 0; err == nil; i++ {
		var s events.Sealed
		s, err = keys.Seal(context.Background(), events.PersonRef(fmt.Sprintf("person-%d-%d", os.Getpid(), i)), "clear")
		if err == nil {
			err = json.NewEncoder(os.Stdout).Encode(s)
		}
	}
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

func TestAKeyOutlivesTheProcessThatReturnedItsValue(t *testing.T) {
	path := file(t)
	var told []events.Sealed
	for kill := range 3 {
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
		defer cancel()
		cmd := exec.CommandContext(ctx, os.Args[0])
		cmd.Env = append(os.Environ(), victim+"="+path)
		cmd.Stderr = os.Stderr
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		before := len(told)
		for lines := bufio.NewScanner(out); lines.Scan(); {
			var s events.Sealed
			if err := json.Unmarshal(lines.Bytes(), &s); err != nil {
				break // cut off by the kill
			}
			told = append(told, s)
			if len(told) == before+20+kill { // then what is in the pipe is read to its end
				if err := cmd.Process.Kill(); err != nil {
					t.Fatal(err)
				}
			}
		}
		if err := cmd.Wait(); err == nil || len(told) < before+20 {
			t.Fatalf("it ended by itself after %d values: %v", len(told)-before, err)
		}
	}
	keys := open(t, path)
	for _, s := range told {
		if clear, err := keys.Unseal(t.Context(), s); err != nil || clear != "clear" {
			t.Errorf("a value of %s was returned and is lost: %v", s.Person, err)
		}
	}
}

func TestCommitsWaitForTheDisk(t *testing.T) {
	// A kill does not show what loss of power would: whether the disk was
	// waited for. 3 is EXTRA. The value is each connection's own, so it is
	// asked where connections are made.
	if got := seal.Synchronous(t, open(t, file(t))); got != 3 {
		t.Errorf("synchronous is %d", got)
	}
}
