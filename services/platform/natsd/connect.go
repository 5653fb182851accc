package natsd

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"time"

	"github.com/nats-io/nats.go"
)

// How a connection is kept. What is published while there is none fails at
// once: it must not be sent after its asker has stopped waiting.
const (
	dialPatience  = 2 * time.Second
	firstRetry    = 100 * time.Millisecond
	longestRetry  = 5 * time.Second
	pingInterval  = 20 * time.Second
	drainPatience = 10 * time.Second
)

// Login is who connects to a server.
type Login struct {
	URL      string // of one server, or of several with commas; empty in process
	User     string
	Password string
	Log      *slog.Logger
}

// InboxPrefix is where user's answers come in. Nobody else may listen there.
func InboxPrefix(user string) string { return "_INBOX_" + user }

// Connect connects, trying again until ctx is done while there is no server.
// The connection then mends itself for as long as the process lives. What goes
// wrong behind the caller's back, such as a forbidden publish, which to its
// caller looks like a time-out, goes to the log.
func Connect(ctx context.Context, l Login, extra ...nats.Option) (*nats.Conn, error) {
	options := append([]nats.Option{
		nats.Name("openbook " + l.User),
		nats.UserInfo(l.User, l.Password),
		nats.CustomInboxPrefix(InboxPrefix(l.User)),
		nats.Timeout(dialPatience),
		nats.DrainTimeout(drainPatience),
		nats.PingInterval(pingInterval),
		nats.MaxPingsOutstanding(2),
		nats.MaxReconnects(-1),
		nats.CustomReconnectDelay(delay),
		nats.ReconnectBufSize(-1),
		nats.IgnoreAuthErrorAbort(), // passwords are changed while services run
		nats.PermissionErrOnSubscribe(true),
		nats.ErrorHandler(func(_ *nats.Conn, sub *nats.Subscription, err error) { report(l, sub, err) }),
		nats.DisconnectErrHandler(func(_ *nats.Conn, err error) {
			if err != nil {
				l.Log.Warn("NATS connection lost", "user", l.User, "error", err)
			}
		}),
		nats.ReconnectHandler(func(c *nats.Conn) {
			l.Log.Info("NATS connection mended", "user", l.User, "server", c.ConnectedServerName())
		}),
	}, extra...)
	for attempt := 1; ; attempt++ {
		nc, err := nats.Connect(l.URL, options...)
		switch {
		case err == nil:
			return nc, nil
		case errors.Is(err, nats.ErrAuthorization):
			return nil, fmt.Errorf("NATS does not let %s in: its password here is not the server's", l.User)
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("no NATS server for %s after %d attempts: %w", l.User, attempt, err)
		case <-time.After(delay(attempt)):
		}
	}
}

// delay doubles up to longestRetry, and differs, so that many who lost one
// server do not come back to it at one moment.
func delay(attempt int) time.Duration {
	d := min(firstRetry<<min(attempt-1, 10), longestRetry)
	return d/2 + rand.N(d/2)
}

func report(l Login, sub *nats.Subscription, err error) {
	attrs := []any{"user", l.User, "error", err}
	if sub != nil {
		attrs = append(attrs, "subject", sub.Subject)
	}
	switch {
	case errors.Is(err, nats.ErrPermissionViolation):
		l.Log.Error("NATS refused what this user may not do", attrs...)
	case errors.Is(err, nats.ErrSlowConsumer):
		l.Log.Error("NATS messages were lost: they came faster than they were taken", attrs...)
	default:
		l.Log.Error("NATS connection fault", attrs...)
	}
}
