package funding

import (
	"bytes"
	"errors"
	"log/slog"
	"strings"
	"testing"

	"github.com/ics-openbook/openbook/services/internal/env"
	"github.com/ics-openbook/openbook/services/internal/refuse"
	"github.com/ics-openbook/openbook/services/internal/telemetry"
)

// What the platform does by itself, and may not, nobody is told of but by the log:
// once, however often it tries, and once again when it is for something else.
func TestWhatIsRefusedIsLoggedOnce(t *testing.T) {
	var log bytes.Buffer
	off := telemetry.Off()
	off.Log = slog.New(slog.NewTextHandler(&log, nil))
	s := service{env: env.Env{Telemetry: off}, refused: &refusals{of: map[string]string{}}}
	for _, c := range []struct {
		err    error
		logged string // besides what was before
		tries  bool   // whether it comes back to be tried again
	}{
		{refuse.New(refuse.Invalid, "CLOSED", "It is closed."), "It is closed.", false},
		{refuse.New(refuse.Invalid, "CLOSED", "It is closed."), "", false},
		{refuse.ErrBusy, "", true},
		{errors.New("no answer"), "", true},
		{refuse.New(refuse.Invalid, "OPEN", "It is open."), "It is open.", false},
		{nil, "", false},
		{refuse.New(refuse.Invalid, "OPEN", "It is open."), "It is open.", false},
	} {
		log.Reset()
		err := s.lasting(t.Context(), "closing a ledger", c.err)
		if (err != nil) != c.tries || err != nil && !errors.Is(err, c.err) {
			t.Errorf("%v comes back as %v", c.err, err)
		}
		if lines := strings.Count(log.String(), "\n"); !strings.Contains(log.String(), c.logged) || (lines > 0) != (c.logged != "") {
			t.Errorf("%v is logged as %q", c.err, log.String())
		}
	}
}
