// Package ask is the imperative of the platform: what may be asked of a
// service, by whom, and with what beside the request itself. Nothing here can
// be carried out. The asks of a domain are in the folder named after it.
package ask

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/ics-openbook/openbook/events"
)

// Ask is a request that one service decides. Its JSON form is what travels and
// what an idempotency key is held to.
type Ask interface {
	// Subject is where it is asked on NATS, such as "ask.network.rename_network".
	Subject() string
	// Stream is the history it is decided on.
	Stream() events.Stream
	// Concerns is the organisation whose business it is: a role counts only if
	// it is held for that organisation or for one it belongs to.
	Concerns() events.Entity
	// Problems are what is wrong with the request by its form alone.
	Problems() []Problem
	// Terms are what was sent beside the request.
	Terms() Given
}

// Problem is one thing wrong with a request, in plain English.
type Problem struct {
	Code    string `json:"code"`           // stable, for programs: "CODE_INVALID"
	Message string `json:"message"`        // a whole sentence that says what to do
	Path    string `json:"path,omitempty"` // the input field: "from"
}

// Given is what every ask may be sent with. It is no part of the request: the
// same request under the same key is the same request, however it is waited for.
type Given struct {
	// IdempotencyKey makes a repeated request the same request. It is the
	// asker's own choice, 1 to 200 characters, and belongs to the asker alone.
	IdempotencyKey string `json:"-"`
	// IfRevision refuses the request when the history has moved on.
	IfRevision *events.Revision `json:"-"`
	// Wait says when to answer.
	Wait Wait `json:"-"`
}

// Terms returns g: it makes every request that embeds Given half an [Ask].
func (g Given) Terms() Given { return g }

// KeyProblems are what is wrong with the idempotency key. They are looked for
// where the key comes in; what travels on is an id made of it.
func (g Given) KeyProblems() []Problem {
	var f Form
	if key := g.IdempotencyKey; key == "" || utf8.RuneCountInString(key) > maxKey || !plain(key) {
		f.Note("IDEMPOTENCY_KEY_INVALID", "idempotencyKey", "An idempotency key is 1 to %d characters of your own choice, new for each new request; a UUID serves.", maxKey)
	}
	return f
}

// Rehearsal is an ask that may say: do not record, tell me what you would.
type Rehearsal interface {
	Ask
	Rehearses() bool
}

// Wait is how long the answer to a request waits.
type Wait string

const (
	Recorded Wait = "RECORDED" // until what was decided is on disk
	Visible  Wait = "VISIBLE"  // until this replica shows it too, 2 s at most
)

// Limits of what people type.
const (
	maxName = 200 // characters
	maxKey  = 200 // characters
	maxText = 500 // characters
)

// Form collects the problems of a request's form.
type Form []Problem

// Code notes a code of the wrong form; like is one of the right form.
func (f *Form) Code(path string, ok bool, code, what, like string) {
	if !ok {
		f.Note("CODE_INVALID", path, "%q is not the code of a %s. It looks like %s.", Clip(code), what, like)
	}
}

// Name notes a name that is empty, too long, or not plain text on one line.
func (f *Form) Name(path, name string) {
	switch {
	case strings.TrimSpace(name) == "":
		f.Note("NAME_INVALID", path, "A name is missing. Write it in 1 to %d characters.", maxName)
	case strings.TrimSpace(name) != name:
		f.Note("NAME_INVALID", path, "The name begins or ends with a space. Remove it.")
	case !plain(name):
		f.Note("NAME_INVALID", path, "The name has characters that cannot be shown. Write it as plain text on one line.")
	case utf8.RuneCountInString(name) > maxName:
		f.Note("NAME_INVALID", path, "The name has %d characters; %d is the most.", utf8.RuneCountInString(name), maxName)
	}
}

// Day notes a missing date.
func (f *Form) Day(path string, day events.Date) {
	if day.IsZero() {
		f.Note("DATE_MISSING", path, "A date is missing. Write it as 2026-04-01.")
	}
}

// Reason notes a text that says why, or what, and is missing where it is needed,
// is too long or not plain text on one line.
func (f *Form) Reason(path, s string, needed bool) {
	f.Text(path, s, maxText, needed)
}

// Year notes a financial year that is none.
func (f *Form) Year(path string, y events.Year) {
	if !y.Valid() {
		f.Note("YEAR_INVALID", path, "%q is not a financial year. Write it as 2025/26.", Clip(string(y)))
	}
}

// Order notes a period that ends before it starts.
func (f *Form) Order(path string, p events.Period) {
	if !p.To.IsZero() && p.To.Before(p.From) {
		f.Note("ENDS_BEFORE_START", path, "The last day, %s, is before the first, %s. The last day still counts, so it can be the first at the earliest.", p.To, p.From)
	}
}

// What a text may be.
const (
	Optional = false
	Required = true
)

// Text notes words that are missing where they are needed, too long, or not
// plain text on one line. The page of problems says how long the longest is.
func (f *Form) Text(path, s string, longest int, needed bool) {
	switch {
	case needed && strings.TrimSpace(s) == "":
		f.Note("REASON_MISSING", path, "Say in a few words why, or what for: whoever reads the entry later wants to know.")
	case utf8.RuneCountInString(s) > longest:
		f.Note("TEXT_TOO_LONG", path, "This text has %d characters; %d is the most.", utf8.RuneCountInString(s), longest)
	case !plain(s):
		f.Note("TEXT_INVALID", path, "This text has characters that cannot be shown. Write it as plain text on one line.")
	}
}

// Note notes a problem with an input field.
func (f *Form) Note(code, path, format string, args ...any) {
	*f = append(*f, Problem{code, fmt.Sprintf(format, args...), path})
}

func plain(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsPrint(r) })
}

// Clip keeps what is quoted back to a length worth reading.
func Clip(s string) string {
	if r := []rune(s); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return s
}
