package events

// Visibility is who may see a fact at all. It is a property of the fact's type
// and holds wherever facts show: entries, asAt, subscriptions, exports, tiles
// and logs.
type Visibility uint8

const (
	// Withheld is the class of a type nobody has put into the table: it is
	// shown to nobody.
	Withheld Visibility = iota
	// Open facts are shown to everybody in the system.
	Open
	// OwnNetwork facts are shown to the network they are about and to named
	// roles of its system.
	OwnNetwork
	// SealedValues facts carry personal values, which are shown only unsealed
	// and only to those the view allows.
	SealedValues
	// NeverSingly facts are shown only as shares of five or more.
	NeverSingly
)

// visibility is the one table. A test fails for a fact without a row.
var visibility = map[string]Visibility{
	"network.system_registered.v1":        Open,
	"network.system_renamed.v1":           Open,
	"network.system_succeeded.v1":         Open,
	"network.sub_icb_registered.v1":       Open,
	"network.place_registered.v1":         Open,
	"network.place_renamed.v1":            Open,
	"network.lmc_recorded.v1":             Open,
	"network.mandated.v1":                 Open,
	"network.mandate_ended.v1":            Open,
	"network.network_registered.v1":       Open,
	"network.network_renamed.v1":          Open,
	"network.network_located.v1":          Open,
	"network.network_closed.v1":           Open,
	"network.network_reopened.v1":         Open,
	"network.merged.v1":                   Open,
	"network.split.v1":                    Open,
	"network.director_appointed.v1":       Open,
	"network.director_notice_given.v1":    Open,
	"network.director_left.v1":            Open,
	"network.deputy_named.v1":             Open,
	"network.practice_registered.v1":      Open,
	"network.practice_renamed.v1":         Open,
	"network.practice_located.v1":         Open,
	"network.practice_closed.v1":          Open,
	"network.practice_reopened.v1":        Open,
	"network.joined.v1":                   Open,
	"network.left.v1":                     Open,
	"network.redated.v1":                  Open,
	"network.notice_given.v1":             Open,
	"network.notice_withdrawn.v1":         Open,
	"network.covered.v1":                  Open,
	"network.list_size_recorded.v1":       Open,
	"network.contract_member_recorded.v1": Open,
	"network.clinical_system_recorded.v1": Open,
	"network.deprivation_recorded.v1":     Open,
	"network.source_completed.v1":         Open,
	"network.source_cited.v1":             Open,
	"network.person_named.v1":             SealedValues,
	"network.person_erased.v1":            Open, // that somebody was, by reference
	"contract.stream_listed.v1":           Open,
	"contract.rate_set.v1":                Open,
	"contract.use_stated.v1":              Open,
	"contract.role_set.v1":                Open,
	"contract.role_limited.v1":            Open,
	"contract.requirement_set.v1":         Open,
	"contract.framework_set.v1":           Open,
	"contract.descriptor_stated.v1":       Open,
	"contract.figure_disputed.v1":         Open,
	"contract.term_withdrawn.v1":          Open,

	"entitlement.computed.v1":           Open,
	"entitlement.quantity_stated.v1":    Open,
	"funding.received.v1":               Open,
	"funding.allocated.v1":              Open,
	"funding.held.v1":                   Open,
	"funding.released.v1":               Open,
	"funding.spent_on_behalf.v1":        Open,
	"funding.committed.v1":              Open,
	"funding.commitment_released.v1":    Open,
	"funding.spent.v1":                  Open,
	"funding.underspend_declared.v1":    Open,
	"funding.retained.v1":               Open,
	"funding.offered.v1":                Open,
	"funding.reallocated.v1":            Open,
	"funding.returned.v1":               Open,
	"funding.payment_requested.v1":      Open,
	"funding.take_back_requested.v1":    Open,
	"funding.diversion_requested.v1":    Open,
	"funding.reversal_requested.v1":     Open,
	"funding.request_rejected.v1":       Open,
	"funding.request_withdrawn.v1":      Open,
	"funding.paid.v1":                   Open,
	"funding.taken_back.v1":             Open,
	"funding.diverted.v1":               Open,
	"funding.reversed.v1":               Open,
	"funding.confirmed.v1":              Open,
	"funding.spending_acknowledged.v1":  Open,
	"funding.spending_refused.v1":       Open,
	"funding.diversion_acknowledged.v1": Open,
	"funding.diversion_protested.v1":    Open,
	"funding.moved_to_successor.v1":     Open,
	"funding.carried_forward.v1":        Open,
	"funding.carried_in.v1":             Open,
	"funding.year_closed.v1":            Open,

	"workforce.claim_submitted.v1":      OwnNetwork, // lines with pay
	"workforce.adjustment_submitted.v1": OwnNetwork,
	"workforce.claim_approved.v1":       OwnNetwork,
	"workforce.claim_rejected.v1":       OwnNetwork,
	"workforce.claim_withdrawn.v1":      OwnNetwork,

	"staffing.baseline_stated.v1":        Open,
	"staffing.staff_returned.v1":         Open, // published, of each network
	"staffing.post_planned.v1":           OwnNetwork,
	"staffing.post_changed.v1":           OwnNetwork,
	"staffing.post_advanced.v1":          OwnNetwork,
	"staffing.post_filled.v1":            OwnNetwork, // what somebody did before
	"staffing.post_vacated.v1":           OwnNetwork,
	"staffing.post_withdrawn.v1":         OwnNetwork,
	"staffing.director_time_reported.v1": NeverSingly,

	"partner.registered.v1":        Open,
	"partner.left.v1":              Open,
	"partner.control_total_set.v1": Open,
	"partner.position_reported.v1": Open,

	"costing.cost_stated.v1":    Open,
	"costing.cost_withdrawn.v1": Open,
	"costing.payment_stated.v1": Open,
	"challenge.opened.v1":       Open,
	"challenge.acknowledged.v1": Open,
	"challenge.answered.v1":     Open,
	"challenge.accepted.v1":     Open,
	"challenge.escalated.v1":    Open,
	"challenge.resolved.v1":     Open,
	"challenge.overdue.v1":      Open,
	"policy.set.v1":             Open,
}

// VisibilityOf returns the class of a fact's type.
func VisibilityOf(typ string) Visibility { return visibility[typ] }

// VisibleTypes returns every type in the table with its class, in no order.
func VisibleTypes() map[string]Visibility {
	all := make(map[string]Visibility, len(visibility))
	for typ, class := range visibility {
		all[typ] = class
	}
	return all
}
