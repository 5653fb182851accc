package model

import (
	"github.com/ics-openbook/openbook/services/contract/view"
	"github.com/ics-openbook/openbook/services/internal/decider"
)

// ContractPayload is what came of an ask about a year's contract.
type ContractPayload struct {
	Done
	Proposed []decider.Proposal
	Contract *view.Contract
}
