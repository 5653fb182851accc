// Package clock is the platform's only reading of the time. What decides or
// folds takes time as data; what waits takes a Clock.
package clock

import (
	"time"
	_ "time/tzdata" // a bare machine may not know when London changes its clocks

	"github.com/ics-openbook/openbook/events"
)

// Clock tells the time. Tests give one that they move themselves.
type Clock interface{ Now() time.Time }

// System is the machine's clock, in UTC.
var System Clock = system{}

type system struct{}

func (system) Now() time.Time { return time.Now().UTC() }

// Func makes a function a Clock.
type Func func() time.Time

// Now calls f.
func (f Func) Now() time.Time { return f() }

var london = func() *time.Location {
	l, err := time.LoadLocation("Europe/London")
	if err != nil {
		panic(err) // the zones are compiled in
	}
	return l
}()

// Today is the date in England.
func Today(c Clock) events.Date { return DayOf(c.Now()) }

// DayOf is the date in England at a time.
func DayOf(t time.Time) events.Date { return events.DateOf(t.In(london)) }
