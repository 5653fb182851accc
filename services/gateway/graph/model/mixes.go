package model

import (
	"github.com/govalues/decimal"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/contract"
	"github.com/ics-openbook/openbook/events/workforce"
	"github.com/ics-openbook/openbook/services/internal/figure"
	"github.com/ics-openbook/openbook/services/workforce/view/plan"
)

// MixesInput is what is to be done, and who may do it.
type MixesInput struct {
	Tasks     []PlannedTaskInput
	Roles     []CompetenceInput
	From      *events.Date
	Area      *workforce.Area
	Sum       *events.GBP
	WithPosts *bool
}

// PlannedTaskInput is a task, and how many hours a week it needs.
type PlannedTaskInput struct {
	Task  string
	Hours decimal.Decimal
}

// CompetenceInput is what a role may do, and what a post of it gives and costs.
type CompetenceInput struct {
	Role         contract.Key
	Tasks        []string
	HoursPerWeek *decimal.Decimal
	Cost         *events.GBP
	Most         *int
	Wage         *events.GBP
}

// RoleMixes are the best sets of posts to add.
type RoleMixes struct {
	Sum     events.GBP
	From    events.Date
	Mixes   []RoleMix
	LeftOut []RoleLeftOut
}

// RoleLeftOut is a role that was not planned with.
type RoleLeftOut struct {
	Role    contract.Key
	Unknown *figure.Unknown
}

// RoleMix is a set of posts to add.
type RoleMix struct {
	plan.Mix
	NetworkShare *events.GBP
}

// Posts are how many of each role.
func (m RoleMix) Posts() []plan.Added { return append([]plan.Added{}, m.Mix.Posts...) }

// UndoneHours are hours a week that are left undone.
func (m RoleMix) UndoneHours() decimal.Decimal { return decimal.MustNew(int64(m.Hours), 2) }

// Undone is of which tasks.
func (m RoleMix) Undone() []TaskHours {
	all := []TaskHours{}
	for _, t := range m.Mix.Undone {
		all = append(all, TaskHours{t.Key, decimal.MustNew(int64(t.Hours), 2)})
	}
	return all
}

// TaskHours are hours a week of a task.
type TaskHours struct {
	Task  string
	Hours decimal.Decimal
}

// Work is who does what.
func (m RoleMix) Work() []MixWork {
	all := []MixWork{}
	for _, w := range m.Mix.Work {
		all = append(all, MixWork{w.Role, w.Held, w.Task, decimal.MustNew(int64(w.Hours), 2)})
	}
	return all
}

// MixWork is what those in a role do of a task.
type MixWork struct {
	Role   contract.Key
	InPost bool
	Task   string
	Hours  decimal.Decimal
}
