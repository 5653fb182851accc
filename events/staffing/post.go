package staffing

import (
	"github.com/govalues/decimal"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/contract"
)

// PostPlanned makes a post: nobody is in it, and nobody is sought.
type PostPlanned struct {
	Whose
	Post int `json:"post"` // its number, from 1, within the network
	Details
}

// PostChanged says what a post is from a day on, whatever was said of those days
// before, and why.
type PostChanged struct {
	Whose
	Post int         `json:"post"`
	From events.Date `json:"from"`
	Details
	Reason string `json:"reason"`
}

// Details are what a post is.
type Details struct {
	Role     contract.Key    `json:"role"` // as the contract names it
	Band     string          `json:"band,omitempty"`
	Hours    decimal.Decimal `json:"hoursPerWeek"` // 37.5 are one WTE
	Purpose  Purpose         `json:"purpose"`
	Employer string          `json:"employer"` // an organisation's name
	Model    Model           `json:"model"`
	// NHSContract says whether the employer holds a contract of the NHS, by which
	// it is an employing authority for the NHS pension; nil where nobody has said.
	NHSContract *bool             `json:"nhsContract,omitempty"`
	Practices   []events.Practice `json:"practices,omitempty"` // that share the post; none: all of the network's
	PlannedFrom events.Date       `json:"plannedFrom"`
}

// Same reports whether both say the same, however many zeros the hours have.
func (d Details) Same(e Details) bool {
	if !d.Hours.Equal(e.Hours) || (d.NHSContract == nil) != (e.NHSContract == nil) || d.NHSContract != nil && *d.NHSContract != *e.NHSContract || len(d.Practices) != len(e.Practices) {
		return false
	}
	for i := range d.Practices {
		if d.Practices[i] != e.Practices[i] {
			return false
		}
	}
	return d.Role == e.Role && d.Band == e.Band && d.Purpose == e.Purpose && d.Employer == e.Employer && d.Model == e.Model && d.PlannedFrom == e.PlannedFrom
}

// BaselineRoles are those of which a network's practices had staff on
// [BaselineDay] by which roles are judged to be additional: the six of the first
// contracts, remembered and not looked up.
var BaselineRoles = []contract.Key{
	"clinical-pharmacist", "social-prescribing-link-worker", "first-contact-physiotherapist", "physician-associate", "pharmacy-technician", "paramedic",
}

// Purpose is why there is a post.
type Purpose string

const (
	Additional Purpose = "ADDITIONAL" // reimbursed under the scheme for additional roles
	Baseline   Purpose = "BASELINE"   // there on [BaselineDay]
	Own        Purpose = "OWN"        // paid for otherwise
)

// Purposes are all of them.
var Purposes = []Purpose{Additional, Baseline, Own}

// Model is by whom the people of a network are employed: the five of the BMA's
// handbook.
type Model string

const (
	FlatPractice  Model = "FLAT_PRACTICE" // each practice employs
	LeadPractice  Model = "LEAD_PRACTICE"
	Federation    Model = "FEDERATION"
	SuperPractice Model = "SUPER_PRACTICE"
	Provider      Model = "NON_GP_PROVIDER" // a trust, or a voluntary organisation
)

// Models are all of them.
var Models = []Model{FlatPractice, LeadPractice, Federation, SuperPractice, Provider}

// Stage is how far a post has come.
type Stage string

const (
	Planned    Stage = "PLANNED"
	Recruiting Stage = "RECRUITING"
	Offered    Stage = "OFFERED"
	Filled     Stage = "FILLED"
	Vacant     Stage = "VACANT" // whoever was in it has left
	Withdrawn  Stage = "WITHDRAWN"
)

// PostAdvanced says that somebody is sought for a post, or has been offered it.
type PostAdvanced struct {
	Whose
	Post int         `json:"post"`
	To   Stage       `json:"to"` // Recruiting or Offered
	On   events.Date `json:"on"`
}

// PostFilled says who is in a post from a day on.
type PostFilled struct {
	Whose
	Post     int         `json:"post"`
	Employee string      `json:"employee"` // "Role 1": never a name
	StartsOn events.Date `json:"startsOn"`
	From     Sector      `json:"from"`
	Scheme   *Scheme     `json:"scheme,omitempty"`
	Before   *Before     `json:"before,omitempty"`
}

// Sector is where somebody worked before.
type Sector string

const (
	GeneralPractice   Sector = "GENERAL_PRACTICE"
	CommunityPharmacy Sector = "COMMUNITY_PHARMACY"
	Hospital          Sector = "HOSPITAL"
	CommunityServices Sector = "COMMUNITY_SERVICES"
	MentalHealth      Sector = "MENTAL_HEALTH"
	Ambulance         Sector = "AMBULANCE"
	SocialCare        Sector = "SOCIAL_CARE"
	Voluntary         Sector = "VOLUNTARY"
	NewlyQualified    Sector = "NEWLY_QUALIFIED"
	Elsewhere         Sector = "ELSEWHERE"
)

// Sectors are all of them.
var Sectors = []Sector{GeneralPractice, CommunityPharmacy, Hospital, CommunityServices, MentalHealth, Ambulance, SocialCare, Voluntary, NewlyQualified, Elsewhere}

// Scheme is the national scheme by which somebody was there before
// [BaselineDay] and is additional all the same.
type Scheme struct {
	Name       SchemeName  `json:"name"`
	ApprovedOn events.Date `json:"approvedOn"`
	InPostOn   events.Date `json:"inPostOn"`
	FinishedOn events.Date `json:"finishedOn,omitzero"` // none for who has not finished it
}

// SchemeName is which scheme.
type SchemeName string

const (
	PharmacistsInPractice SchemeName = "CLINICAL_PHARMACISTS_IN_GENERAL_PRACTICE"
	MedicinesInCareHomes  SchemeName = "MEDICINES_OPTIMISATION_IN_CARE_HOMES"
)

// Before is what somebody did for the network or one of its practices before.
type Before struct {
	Role contract.Key `json:"role"`
	// Until is their last day in it; none where they had it until they started.
	Until      events.Date `json:"until,omitzero"`
	OnBaseline bool        `json:"onBaseline,omitempty"` // whether they were in it on [BaselineDay]
	MoreSenior bool        `json:"moreSenior,omitempty"` // whether the post is a more senior or specialist one
}

// PostVacated says that somebody has left a post.
type PostVacated struct {
	Whose
	Post    int         `json:"post"`
	LastDay events.Date `json:"lastDay"`
	Why     Leaving     `json:"why"`
}

// Leaving is why somebody left.
type Leaving string

const (
	Resigned  Leaving = "RESIGNED"
	Retired   Leaving = "RETIRED"
	Moved     Leaving = "MOVED" // to another post of the network
	Ended     Leaving = "CONTRACT_ENDED"
	Dismissed Leaving = "DISMISSED"
	Mistaken  Leaving = "RECORDED_IN_ERROR" // they were never in it
)

// Leavings are all of them.
var Leavings = []Leaving{Resigned, Retired, Moved, Ended, Dismissed, Mistaken}

// PostWithdrawn says that there is no such post any more.
type PostWithdrawn struct {
	Whose
	Post   int         `json:"post"`
	On     events.Date `json:"on"`
	Reason string      `json:"reason"`
}

// EventType names the fact.
func (PostPlanned) EventType() string { return "staffing.post_planned.v1" }

// EventType names the fact.
func (PostChanged) EventType() string { return "staffing.post_changed.v1" }

// EventType names the fact.
func (PostAdvanced) EventType() string { return "staffing.post_advanced.v1" }

// EventType names the fact.
func (PostFilled) EventType() string { return "staffing.post_filled.v1" }

// EventType names the fact.
func (PostVacated) EventType() string { return "staffing.post_vacated.v1" }

// EventType names the fact.
func (PostWithdrawn) EventType() string { return "staffing.post_withdrawn.v1" }
