package system

import (
	"slices"
	"strings"

	"github.com/ics-openbook/openbook/api/ask/network"
	"github.com/ics-openbook/openbook/events"
	fact "github.com/ics-openbook/openbook/events/network"
	"github.com/ics-openbook/openbook/services/internal/refuse"
	"github.com/ics-openbook/openbook/services/network/view"
)

var (
	ErrSucceeded = refuse.New(refuse.Conflict, "SYSTEM_SUCCEEDED",
		"System %s is succeeded by %s from %s on. Name a system that stands on the day.")
	ErrSame = refuse.New(refuse.Invalid, "SAME_SYSTEM",
		"System %s cannot succeed itself. Name those that stand in its place.")
)

// Succeed ends the system in favour of others, each of which stands from that
// day on.
func Succeed(s State, known view.State, a network.SucceedSystem) ([]fact.SystemEvent, error) {
	e := fact.SystemSucceeded{System: a.Code, By: a.By, On: a.On}
	was := s.Succeeded
	switch {
	case !s.exists():
		return nil, ErrUnknown.About("code", a.Code)
	case was.On == e.On && slices.Equal(sorted(was.By), sorted(e.By)):
		return nil, nil
	case was.System != "":
		return nil, ErrSucceeded.About("code", a.Code, inWords(was.By), was.On)
	case slices.Contains(a.By, a.Code):
		return nil, ErrSame.About("by", a.Code)
	}
	for _, by := range a.By {
		if err := Stands(known, "by", by, a.On); err != nil {
			return nil, err
		}
	}
	return []fact.SystemEvent{e}, nil
}

// Stands refuses a system that does not exist, or has been succeeded by the day.
func Stands(known view.State, path string, code events.ICB, on events.Date) error {
	by, from := known.Successors(code)
	switch {
	case !known.HasSystem(code):
		return ErrUnknown.About(path, code)
	case len(by) > 0 && !on.Before(from):
		return ErrSucceeded.About(path, code, inWords(by), from)
	}
	return nil
}

// Open refuses a system that does not exist, or has been succeeded whenever: what
// is opened in it is its successor's, whose business that is.
func Open(known view.State, path string, code events.ICB) error {
	by, from := known.Successors(code)
	switch {
	case !known.HasSystem(code):
		return ErrUnknown.About(path, code)
	case len(by) > 0:
		return ErrSucceeded.About(path, code, inWords(by), from)
	}
	return nil
}

func sorted(codes []events.ICB) []events.ICB {
	return slices.Sorted(slices.Values(codes))
}

func inWords[T ~string](codes []T) string {
	var all []string
	for _, c := range codes {
		all = append(all, string(c))
	}
	return strings.Join(all, ", ")
}
