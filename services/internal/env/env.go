// Package env is what the platform gives every service to live in. A service's
// Run takes it, and takes nothing from anywhere else.
package env

import (
	"crypto/ed25519"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/ics-openbook/openbook/services/internal/clock"
	"github.com/ics-openbook/openbook/services/internal/telemetry"
)

// Patience bounds how long a service waits, at its start, for another to be
// there: services may be started in any order.
const Patience = time.Minute

// Env is a service's surroundings.
type Env struct {
	NATS      *nats.Conn          // signed in as this service
	Clock     clock.Clock         // the only time there is
	Telemetry telemetry.Telemetry // traces, metrics, log
	Dir       string              // a folder of the service's own, for what can be made again
	Keys      string              // the file of the keys of sealed values, which lasts and is in no backup of the book
	Signers   []ed25519.PublicKey // one of whose signatures an ask must bear
	Ready     func()              // called once, when the service answers
}
