package follow_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/ics-openbook/openbook/services/internal/follow"
)

// staged is ready when it is told, and ends when it is told or its context does.
type staged struct{ ready, end chan error }

func (s staged) Run(ctx context.Context, ready func()) error {
	for {
		select {
		case <-s.ready:
			ready()
		case err := <-s.end:
			return err
		case <-ctx.Done():
			return nil
		}
	}
}

func TestTogether(t *testing.T) {
	for name, c := range map[string]struct {
		last bool // whether the second view is ready too
		end  error
		runs bool
	}{
		"all are ready":                 {last: true, runs: true},
		"one is not":                    {},
		"one ends before it ever was":   {end: errors.New("stuck")},
		"one ends after all were ready": {last: true, runs: true, end: errors.New("stuck")},
	} {
		t.Run(name, func(t *testing.T) {
			ctx, stop := context.WithTimeout(t.Context(), time.Minute)
			defer stop()
			first, second := staged{make(chan error), make(chan error)}, staged{make(chan error), make(chan error)}
			ran := make(chan struct{}, 1)
			done := make(chan error, 1)
			go func() {
				done <- follow.Together(ctx, []follow.Following{first, second}, func(ctx context.Context) error {
					ran <- struct{}{}
					<-ctx.Done()
					return nil
				})
			}()
			first.ready <- nil
			if c.last {
				second.ready <- nil
				<-ran
			}
			if c.end != nil {
				second.end <- c.end
			} else {
				stop()
			}
			if err := <-done; !errors.Is(err, c.end) {
				t.Errorf("it ends with %v, not %v", err, c.end)
			}
			if !c.runs && len(ran) > 0 {
				t.Error("it ran before all were ready")
			}
		})
	}
}
