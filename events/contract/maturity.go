package contract

import (
	"slices"

	"github.com/ics-openbook/openbook/events"
)

// Framework is what networks describe their own development by: domains, and
// levels through which each is gone. It is a tool of development: no ranking
// follows from it, and no assurance. Another version is a framework of its own.
type Framework struct {
	Key       Key    `json:"key"`
	Title     string `json:"title"`
	Publisher string `json:"publisher"`
	Version   string `json:"version"`
	events.Period
	Domains []Domain `json:"domains"`
	Levels  []Level  `json:"levels"` // the first step first
	Note    string   `json:"note,omitempty"`
	Cited
}

// Same reports whether two frameworks say the same.
func (f Framework) Same(o Framework) bool {
	return slices.Equal(f.Domains, o.Domains) && slices.Equal(f.Levels, o.Levels) &&
		f.Key == o.Key && f.Title == o.Title && f.Publisher == o.Publisher && f.Version == o.Version &&
		f.Period == o.Period && f.Note == o.Note && f.Cited == o.Cited
}

// Domain is one of what a framework looks at.
type Domain struct {
	Key         Key    `json:"key"` // unique in its framework
	Title       string `json:"title"`
	Description string `json:"description,omitempty"`
}

// Level is one step of a framework.
type Level struct {
	Key   Key    `json:"key"` // unique in its framework
	Title string `json:"title"`
}

// Descriptor is how a framework describes a domain at a level. Where its wording
// is not known there is none.
type Descriptor struct {
	Key       Key    `json:"key"`
	Framework Key    `json:"framework"`
	Domain    Key    `json:"domain"`
	Level     Key    `json:"level"`
	Text      string `json:"text"`
	Cited
}

// Term is the term's key.
func (f Framework) Term() Key { return f.Key }

// Term is the term's key.
func (d Descriptor) Term() Key { return d.Key }
