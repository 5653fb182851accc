package view

import (
	"github.com/ics-openbook/openbook/events"
	fact "github.com/ics-openbook/openbook/events/network"
)

// Place is a place of a system.
type Place struct {
	row place
	in  *system
	of  *Reading
}

func (p *Place) ID() string         { return string(p.row.Code.Entity(p.in.Code)) }
func (p *Place) Code() fact.Place   { return p.row.Code }
func (p *Place) Name() string       { return p.row.Name }
func (p *Place) System() *System    { return p.of.System(p.in.Code) }
func (p *Place) Within() events.ICB { return p.in.Code }

// Networks returns the networks that are in the place on the day, by code.
func (p *Place) Networks() []*Network {
	return p.of.Networks(Filter{System: p.in.Code, Place: p.row.Code})
}

// SubICB is a sub-ICB location: what a clinical commissioning group was.
type SubICB struct {
	row *subICB
	of  *Reading
	id  string
}

func (b *SubICB) ID() string          { return b.id }
func (b *SubICB) Code() events.SubICB { return b.row.Code }
func (b *SubICB) Name() string        { return b.row.Name }
func (b *SubICB) System() *System     { return b.of.System(b.row.System) }
func (b *SubICB) Within() events.ICB  { return b.row.System }
