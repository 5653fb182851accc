// Package partner says what may be asked of the partner organisations of a
// system. The funding service decides it.
package partner

import (
	"github.com/ics-openbook/openbook/api/ask"
	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/partner"
)

// RegisterPartner asks to make an organisation a partner of a system from a year
// on, or to correct its name.
type RegisterPartner struct {
	ask.Given
	Organisation partner.Organisation `json:"organisation"`
	Name         string               `json:"name"`
	System       events.ICB           `json:"system"`
	From         events.Year          `json:"from"`
}

// EndPartner asks to say which year was the last in which an organisation was a
// partner of the system.
type EndPartner struct {
	ask.Given
	Organisation partner.Organisation `json:"organisation"`
	System       events.ICB           `json:"system"`
	Last         events.Year          `json:"last"`
	Reason       string               `json:"reason"`
}

// SetControlTotal asks to say what an organisation is to end a year with: a
// surplus above zero, a deficit below. Where that was said before, it says why it
// is another now.
type SetControlTotal struct {
	ask.Given
	Organisation partner.Organisation `json:"organisation"`
	System       events.ICB           `json:"system"`
	Year         events.Year          `json:"year"`
	Amount       events.GBP           `json:"amount"`
	AgreedOn     events.Date          `json:"agreedOn"`
	Reason       string               `json:"reason,omitempty"`
}

// ReportPosition asks to record where an organisation stands at the end of a
// month. Where that was reported before, it says why it is another now.
type ReportPosition struct {
	ask.Given
	Organisation partner.Organisation `json:"organisation"`
	Year         events.Year          `json:"year"`
	Month        int                  `json:"month"` // 1 is April
	partner.Position
	On     events.Date `json:"on"` // the day of the report
	Reason string      `json:"reason,omitempty"`
}

func (RegisterPartner) Subject() string { return "ask.funding.register_partner" }
func (EndPartner) Subject() string      { return "ask.funding.end_partner" }
func (SetControlTotal) Subject() string { return "ask.funding.set_control_total" }
func (ReportPosition) Subject() string  { return "ask.funding.report_position" }

func (a RegisterPartner) Stream() events.Stream { return a.Organisation.Stream() }
func (a EndPartner) Stream() events.Stream      { return a.Organisation.Stream() }
func (a SetControlTotal) Stream() events.Stream { return a.Organisation.Stream() }
func (a ReportPosition) Stream() events.Stream  { return a.Organisation.Stream() }

// What is asked of an organisation by its system is the system's business; what
// the organisation reports is its own.
func (a RegisterPartner) Concerns() events.Entity { return a.System.Entity() }
func (a EndPartner) Concerns() events.Entity      { return a.System.Entity() }
func (a SetControlTotal) Concerns() events.Entity { return a.System.Entity() }
func (a ReportPosition) Concerns() events.Entity  { return a.Organisation.Entity() }
