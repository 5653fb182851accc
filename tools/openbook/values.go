package main

import (
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/ics-openbook/openbook/events"
)

// What flags can hold beside text and numbers. Each says itself what a value
// that does not fit should look like.
type (
	position events.Position
	moment   time.Time
	day      events.Date
)

func (p *position) Type() string { return "position" }
func (p *position) String() string {
	return blank(events.Position(*p).IsZero(), events.Position(*p).String())
}
func (p *position) Set(s string) error {
	return (*events.Position)(p).UnmarshalText([]byte(s))
}

func (m *moment) Type() string   { return "moment" }
func (m *moment) String() string { return blank(time.Time(*m).IsZero(), at(time.Time(*m))) }
func (m *moment) Set(s string) error {
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		return fmt.Errorf("%q is not a moment: write it as 2026-04-01T09:30:00Z", s)
	}
	*m = moment(t)
	return nil
}

func (d *day) Type() string   { return "day" }
func (d *day) String() string { return events.Date(*d).String() }
func (d *day) Set(s string) error {
	parsed, err := events.ParseDate(s)
	*d = day(parsed)
	return err
}

func blank(zero bool, s string) string {
	if zero {
		return ""
	}
	return s
}

// at is how a moment is written: to the last digit, so that it can be given back
// as --as-at.
func at(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000000Z") }

// today is the day this machine's clock shows.
func today() events.Date { return events.DateOf(time.Now()) }

// level is how much is logged.
type level slog.Level

func (l *level) Type() string   { return "level" }
func (l *level) String() string { return strings.ToLower(slog.Level(*l).String()) }
func (l *level) Set(s string) error {
	if err := (*slog.Level)(l).UnmarshalText([]byte(s)); err != nil {
		return fmt.Errorf("%q is not a level: write debug, info, warn or error", s)
	}
	return nil
}
