package view

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/ics-openbook/openbook/events"
	fact "github.com/ics-openbook/openbook/events/contract"
	"github.com/ics-openbook/openbook/services/internal/figure"
)

// MaturityFrameworks returns the frameworks by which networks may look at their
// own maturity in the year, by whichever year's contract they began: those that
// began first come first.
func (c *Contract) MaturityFrameworks() (all []*Framework) {
	for _, began := range c.of.Contracts() {
		if c.year < began.year {
			break
		}
		began.each(fact.Frameworks, func(t *term) {
			f, _, ok := last[fact.FrameworkSet](t)
			if ok && f.Overlaps(c.year.Period()) && c.of.shows(f.Period) {
				all = append(all, &Framework{Said[fact.Framework]{f.Framework, t, began}})
			}
		})
	}
	return all
}

// Framework is what networks describe their own development by.
type Framework struct{ Said[fact.Framework] }

func (f *Framework) Title() string        { return f.Is.Title }
func (f *Framework) Publisher() string    { return f.Is.Publisher }
func (f *Framework) Version() string      { return f.Is.Version }
func (f *Framework) From() events.Date    { return f.Is.From }
func (f *Framework) To() events.Date      { return f.Is.To }
func (f *Framework) Levels() []fact.Level { return f.Is.Levels }
func (f *Framework) Note() *string        { return given(f.Is.Note) }

// Began is the year whose contract it is a term of.
func (f *Framework) Began() events.Year { return f.in.year }

// Domains returns what the framework looks at, in its order.
func (f *Framework) Domains() (all []Domain) {
	for _, d := range f.Is.Domains {
		all = append(all, Domain{d})
	}
	return all
}

// Domain is one of what a framework looks at.
type Domain struct{ Is fact.Domain }

func (d Domain) Key() fact.Key        { return d.Is.Key }
func (d Domain) Title() string        { return d.Is.Title }
func (d Domain) Description() *string { return given(d.Is.Description) }

// Descriptors returns how the framework describes its domains at its levels, as
// far as that is known, in their order.
func (f *Framework) Descriptors() (all []*Descriptor) {
	f.in.each(fact.Descriptors, func(t *term) {
		d, _, ok := last[fact.DescriptorStated](t)
		if !ok || d.Framework != f.Is.Key {
			return
		}
		domain := slices.IndexFunc(f.Is.Domains, func(one fact.Domain) bool { return one.Key == d.Domain })
		level := slices.IndexFunc(f.Is.Levels, func(one fact.Level) bool { return one.Key == d.Level })
		if domain >= 0 && level >= 0 {
			all = append(all, &Descriptor{Said[fact.Descriptor]{d.Descriptor, t, f.in}, f, step{domain, level}})
		}
	})
	slices.SortStableFunc(all, func(a, b *Descriptor) int {
		return cmp.Or(cmp.Compare(a.step.domain, b.step.domain), cmp.Compare(a.step.level, b.step.level))
	})
	return all
}

// DescriptorsUnknown says why some steps of the framework are not described, or
// nil.
func (f *Framework) DescriptorsUnknown() *figure.Unknown {
	if why := f.in.Unknown(); why != nil {
		return why
	}
	described := map[step]bool{}
	for _, d := range f.Descriptors() {
		described[d.step] = true
	}
	steps := len(f.Is.Domains) * len(f.Is.Levels)
	if len(described) == steps {
		return nil
	}
	by := england
	return &figure.Unknown{
		Code: "DESCRIPTOR_NOT_KNOWN", OwedBy: &by,
		Reason: fmt.Sprintf("No source tells how “%s” of %s words %d of its %d steps. What is not certain is left out.", f.Is.Title, f.Is.Publisher, steps-len(described), steps),
	}
}

// Disputes returns what other sources say of the framework, or of how it
// describes its steps.
func (f *Framework) Disputes() []*Dispute {
	all := f.Said.Disputes()
	for _, d := range f.Descriptors() {
		all = append(all, d.Disputes()...)
	}
	return all
}

// Standing says whether sources agree about the framework and its descriptors.
func (f *Framework) Standing() Standing {
	if len(f.Said.Disputes()) > 0 || slices.ContainsFunc(f.Descriptors(), func(d *Descriptor) bool { return d.Standing() == Disputed }) {
		return Disputed
	}
	return Undisputed
}

// step is a domain at a level, by their places.
type step struct{ domain, level int }

// Descriptor is how a framework describes a domain at a level, by one source.
type Descriptor struct {
	Said[fact.Descriptor]
	of   *Framework
	step step
}

func (d *Descriptor) Domain() Domain    { return Domain{d.of.Is.Domains[d.step.domain]} }
func (d *Descriptor) Level() fact.Level { return d.of.Is.Levels[d.step.level] }
func (d *Descriptor) Text() string      { return d.Is.Text }

// Standing says whether sources agree about the step: none disputes this
// descriptor, and no other is kept beside it.
func (d *Descriptor) Standing() Standing {
	if d.Said.Standing() == Disputed || slices.ContainsFunc(d.of.Descriptors(), func(o *Descriptor) bool { return o.step == d.step && o.Key() != d.Key() }) {
		return Disputed
	}
	return Undisputed
}
