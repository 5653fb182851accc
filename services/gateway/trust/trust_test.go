package trust

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/ics-openbook/openbook/services/internal/clock"
	"github.com/ics-openbook/openbook/services/internal/store/wire"
)

// stuck is a book that takes questions and does not answer before it is let go on.
type stuck struct {
	Log
	asked atomic.Int64
	goOn  chan struct{}
}

func (s *stuck) Checkpoint(context.Context) (wire.Checkpoint, error) {
	s.asked.Add(1)
	<-s.goOn
	return wire.Checkpoint{}, errors.New("nothing came")
}

// Anybody may ask for the checkpoint, so that while the book does not answer one asks,
// a number wait, and the others are told to come again; one failure is for all of them.
func TestStrangersWaitInNumbers(t *testing.T) {
	const all = waiting + 100
	s := &stuck{goOn: make(chan struct{})}
	h := Handler(s, clock.System, slog.New(slog.DiscardHandler))
	answered := make(chan int, all)
	var working sync.WaitGroup
	for range all {
		working.Go(func() {
			w := httptest.NewRecorder()
			h.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/checkpoint", nil))
			answered <- w.Code
		})
	}
	for range all - waiting { // before the book says anything
		if code := <-answered; code != http.StatusServiceUnavailable {
			t.Errorf("one too many is answered %d", code)
		}
	}
	close(s.goOn)
	working.Wait()
	close(answered)
	for code := range answered {
		if code != http.StatusInternalServerError {
			t.Errorf("one who waited is answered %d", code)
		}
	}
	if n := s.asked.Load(); n > 20 {
		t.Errorf("the book was asked %d times", n)
	}
}
