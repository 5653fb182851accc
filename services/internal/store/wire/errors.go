package wire

import (
	"context"
	"errors"

	"github.com/ics-openbook/openbook/services/internal/refuse"
	"github.com/ics-openbook/openbook/services/internal/store"
)

// codes says how the errors of the port are told, and what else they mean to
// whoever asked: a full book and one that is away are refusals too, so they
// reach the user as such without anybody's help.
var codes = []struct {
	code    string
	err     error
	refusal error
}{
	{"CONFLICT", store.ErrConflict, nil},
	{"NOT_FOUND", store.ErrNotFound, nil},
	{"TOO_LARGE", store.ErrTooLarge, nil},
	{"MALFORMED", store.ErrMalformed, nil},
	{"FULL", store.ErrFull, refuse.ErrFull},
	{"BUSY", refuse.ErrBusy, refuse.ErrBusy},
	{"UNAVAILABLE", store.ErrUnavailable, refuse.ErrUnavailable},
	{"UNAVAILABLE", context.DeadlineExceeded, nil}, // the book's own patience: it is not known what was recorded
	{"UNAVAILABLE", context.Canceled, nil},
}

// Fault is the code of an error that is none of the port's.
const Fault = "FAULT"

// Code is how err is told.
func Code(err error) string {
	for _, c := range codes {
		if errors.Is(err, c.err) {
			return c.code
		}
	}
	return Fault
}

// Error is the error that a code and a text tell of.
func Error(code, text string) error {
	for _, c := range codes {
		if c.code == code {
			return told{text, []error{c.err, c.refusal}} // errors.Is passes over a nil
		}
	}
	return errors.New("the book failed: " + text)
}

// Unavailable is what a book that cannot be asked amounts to.
func Unavailable(cause error) error {
	return told{"the book is not available: " + cause.Error(), []error{store.ErrUnavailable, refuse.ErrUnavailable, cause}}
}

// told is an error of the book as seen from afar: its words, and all it means.
type told struct {
	text  string
	means []error
}

func (t told) Error() string   { return t.text }
func (t told) Unwrap() []error { return t.means }
