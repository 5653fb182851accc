package csv

import (
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	said "github.com/ics-openbook/openbook/api/ask"
	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/services/internal/refuse"
)

var (
	errParameter = refuse.New(refuse.Invalid, "PARAMETER_INVALID", "This list has no parameter %q. It has: %s.")
	errTwice     = refuse.New(refuse.Invalid, "PARAMETER_INVALID", "The parameter %q is given %d times. Give it once.")
	errValue     = refuse.New(refuse.Invalid, "PARAMETER_INVALID", "%q does not do for the parameter %q. Write %s.")
)

// params are what an address says after its question mark. Reading one that has
// the wrong form is remembered; it is the answer.
type params struct {
	given url.Values
	wrong error
}

func parse(raw string, takes []string) (*params, error) {
	given, err := url.ParseQuery(raw)
	if err != nil {
		return nil, errValue.About("", said.Clip(raw), "?", "the address as name=value&name=value, with other characters than letters and digits escaped")
	}
	for _, name := range slices.Sorted(maps.Keys(given)) {
		switch n := len(given[name]); {
		case !slices.Contains(takes, name):
			return nil, errParameter.About("", said.Clip(name), strings.Join(takes, ", "))
		case n > 1:
			return nil, errTwice.About(name, name, n)
		}
	}
	return &params{given: given}, nil
}

func (p *params) text(name string) string { return p.given.Get(name) }

func (p *params) refuse(name, form string) {
	if p.wrong == nil {
		p.wrong = errValue.About(name, said.Clip(p.text(name)), name, form)
	}
}

func (p *params) number(name string) *int {
	if p.text(name) == "" {
		return nil
	}
	n, err := strconv.Atoi(p.text(name))
	if err != nil {
		p.refuse(name, "a whole number, such as 5")
	}
	return &n
}

func (p *params) year(name string) events.Year {
	y, err := events.ParseYear(p.text(name))
	if err != nil {
		p.refuse(name, "a financial year, such as 2025/26")
	}
	return y
}

func (p *params) yes(name string) bool {
	switch p.text(name) {
	case "", "false":
		return false
	case "true":
		return true
	}
	p.refuse(name, "true or false")
	return false
}

func (p *params) day(name string) *events.Date {
	if p.text(name) == "" {
		return nil
	}
	d, err := events.ParseDate(p.text(name))
	if err != nil {
		p.refuse(name, "a day, such as 2026-04-01")
	}
	return &d
}

func (p *params) moment(name string) *time.Time {
	if p.text(name) == "" {
		return nil
	}
	t, err := time.Parse(time.RFC3339Nano, p.text(name))
	if err != nil {
		p.refuse(name, "a moment, such as 2026-04-01T09:30:00Z")
	}
	return &t
}

// one is a value from a list of them, the first unless given.
func one[T ~string](p *params, name string, of ...T) T {
	v := T(p.text(name))
	if v == "" {
		return of[0]
	}
	if !slices.Contains(of, v) {
		var all []string
		for _, o := range of {
			all = append(all, string(o))
		}
		p.refuse(name, strings.Join(all, ", or "))
	}
	return v
}
