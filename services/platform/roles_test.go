package platform_test

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/ics-openbook/openbook/api/ask"
	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/services/internal/store"
	"github.com/ics-openbook/openbook/services/internal/store/remote"
	"github.com/ics-openbook/openbook/services/platform"
)

// twoSystems registers two systems alike: QZ1 has U99001 and Z99001 and the
// partner RZ1, QZ2 has U99002 and Z99002 and RZ2.
func twoSystems(t *testing.T) (*site, client) {
	t.Helper()
	s, _ := up(t, platform.Config{Data: t.TempDir()})
	c := s.as(t, "steward", steward)
	for n := range 2 {
		system, network, practice := fmt.Sprint("QZ", n+1), fmt.Sprint("U9900", n+1), fmt.Sprint("Z9900", n+1)
		c.do(t, "registerSystem", input{"code": system, "name": "System"})
		c.do(t, "registerPlace", input{"system": system, "code": "WEST", "name": "West"})
		c.do(t, "registerNetwork", input{"code": network, "name": "Network", "system": system})
		c.do(t, "registerPractice", input{"code": practice, "name": "Practice", "system": system})
		c.do(t, "joinNetwork", input{"practice": practice, "network": network, "from": "2019-08-07"})
		s.as(t, "finance", ask.Grant{Role: ask.Finance, Of: events.Entity("system-" + system)}).do(t, "registerPartner", input{
			"organisation": fmt.Sprint("RZ", n+1), "name": "Partner", "system": system, "from": "2025/26",
		})
	}
	return s, c
}

// acts are all mutations, each about QZ1 and so already or not possible, and the
// organisations beside England a role may be held for to take it.
var acts = []struct {
	mutation, subject string
	in                input
	concerns          []events.Entity
}{
	{"registerSystem", "ask.network.register_system", input{"code": "QZ1", "name": "System"}, []events.Entity{"system-QZ1"}},
	{"renameSystem", "ask.network.rename_system", input{"code": "QZ1", "name": "System"}, []events.Entity{"system-QZ1"}},
	{"registerPlace", "ask.network.register_place", input{"system": "QZ1", "code": "WEST", "name": "West"}, []events.Entity{"system-QZ1"}},
	{"renamePlace", "ask.network.rename_place", input{"system": "QZ1", "code": "WEST", "name": "West"}, []events.Entity{"system-QZ1"}},
	{"registerNetwork", "ask.network.register_network", input{"code": "U99001", "name": "Network", "system": "QZ1"}, []events.Entity{"system-QZ1"}},
	{"renameNetwork", "ask.network.rename_network", input{"code": "U99001", "name": "Network"}, []events.Entity{"system-QZ1", "network-U99001"}},
	{"registerPractice", "ask.network.register_practice", input{"code": "Z99001", "name": "Practice", "system": "QZ1"}, []events.Entity{"system-QZ1"}},
	{"renamePractice", "ask.network.rename_practice", input{"code": "Z99001", "name": "Practice"}, []events.Entity{"system-QZ1", "practice-Z99001"}},
	{"joinNetwork", "ask.network.join", input{"practice": "Z99001", "network": "U99001", "from": "2019-08-07"}, []events.Entity{"system-QZ1", "network-U99001"}},
	{"leaveNetwork", "ask.network.leave", input{"practice": "Z99001", "network": "U99001", "lastDay": "1999-01-01"}, []events.Entity{"system-QZ1", "network-U99001"}},
	{"citeSource", "ask.network.cite_source", input{"source": anySource, "title": "any.csv", "asAt": "2026-07-01", "sha256": strings.Repeat("9f86d081", 8)}, nil},
	{"completeSource", "ask.network.complete_source", input{"source": noSource, "reports": 1}, nil},
	{"reportSystem", "ask.network.report_system", input{"source": noSource, "asAt": "2026-07-01", "code": "QZ1", "name": "System"}, nil},
	{"reportNetwork", "ask.network.report_network", input{"source": noSource, "asAt": "2026-07-01", "code": "U99001", "name": "Network"}, nil},
	{"reportPractice", "ask.network.report_practice", input{"source": noSource, "asAt": "2026-07-01", "code": "Z99001", "name": "Practice"}, nil},
	{"succeedSystem", "ask.network.succeed_system", input{"code": "QZ1", "by": []string{"QZ1"}, "on": "2026-04-01"}, nil},
	{"recordLMC", "ask.network.record_lmc", input{"system": "QZ1", "code": "LMC", "name": "LMC", "places": []string{"EAST"}}, []events.Entity{"system-QZ1"}},
	{"mandateRepresentative", "ask.network.mandate_representative", input{"system": "QZ1", "person": "person-1", "body": "Board", "networks": []string{"U99002"}, "from": "2026-04-01"}, []events.Entity{"system-QZ1"}},
	{"endMandate", "ask.network.end_mandate", input{"system": "QZ1", "person": "person-1", "body": "Board", "lastDay": "2026-04-01"}, []events.Entity{"system-QZ1"}},
	{"closeNetwork", "ask.network.close_network", input{"code": "U99001", "lastDay": "2026-04-01"}, []events.Entity{"system-QZ1", "network-U99001"}},
	{"reopenNetwork", "ask.network.reopen_network", input{"code": "U99001"}, []events.Entity{"system-QZ1", "network-U99001"}},
	{"moveNetwork", "ask.network.move_network", input{"code": "U99001", "system": "QZ1", "from": "2026-04-01"}, []events.Entity{"system-QZ1", "network-U99001"}},
	{"mergeNetworks", "ask.network.merge_networks", input{"network": "U99001", "into": "U99002", "on": "2026-04-01"}, []events.Entity{"system-QZ1", "network-U99001"}},
	{"splitNetwork", "ask.network.split_network", input{"network": "U99001", "into": "U99002", "practices": []string{"Z99001"}, "on": "2026-04-01"}, []events.Entity{"system-QZ1", "network-U99001"}},
	{"closePractice", "ask.network.close_practice", input{"code": "Z99001", "lastDay": "1999-01-01"}, []events.Entity{"system-QZ1", "practice-Z99001"}},
	{"movePractice", "ask.network.move_practice", input{"code": "Z99001", "system": "QZ1", "from": "2026-04-01"}, []events.Entity{"system-QZ1", "practice-Z99001"}},
	{"giveNotice", "ask.network.give_notice", input{"practice": "Z99001", "network": "U99001", "notice": "LEAVE", "givenOn": "1999-01-01", "lastDay": "1999-01-01"}, []events.Entity{"system-QZ1", "network-U99001"}},
	{"withdrawNotice", "ask.network.withdraw_notice", input{"practice": "Z99001", "network": "U99001", "on": "1999-01-01"}, []events.Entity{"system-QZ1", "network-U99001"}},
	{"coverPatients", "ask.network.cover_patients", input{"practice": "Z99001", "network": "U99001", "from": "2026-04-01"}, []events.Entity{"system-QZ1", "network-U99001"}},
	{"recordListSize", "ask.network.record_list_size", input{"practice": "Z99001", "basis": "REGISTERED", "on": "2026-01-01", "patients": 9000}, []events.Entity{"system-QZ1", "practice-Z99001"}},
	{"appointDirector", "ask.network.appoint_director", input{"network": "U99001", "person": "person-1", "share": "1", "from": "2026-04-01"}, []events.Entity{"system-QZ1", "network-U99001"}},
	{"giveDirectorNotice", "ask.network.give_director_notice", input{"network": "U99001", "person": "person-2", "givenOn": "2026-04-01", "lastDay": "2026-04-01"}, []events.Entity{"system-QZ1", "network-U99001"}},
	{"endDirector", "ask.network.end_director", input{"network": "U99001", "person": "person-2", "lastDay": "2026-04-01"}, []events.Entity{"system-QZ1", "network-U99001"}},
	{"publishContract", "ask.contract.publish", input{"year": "2025/26", "streams": []input{coreStream}, "dryRun": true}, nil},
	{"listStream", "ask.contract.list_stream", with(coreStream, input{"year": "2025/26"}), nil},
	{"setRate", "ask.contract.set_rate", with(cited, input{"year": "2025/26", "key": "r", "stream": "none", "basis": "REGISTERED", "rate": "1.5", "per": "YEAR", "from": "2025-04-01", "to": "2026-03-31"}), nil},
	{"stateUse", "ask.contract.state_use", with(cited, input{"year": "2025/26", "key": "u", "stream": "none", "purpose": "anything", "allowed": true, "text": "Yes."}), nil},
	{"setRole", "ask.contract.set_role", with(cited, input{"year": "2025/26", "key": "nurse", "title": "Nurse", "from": "2025-04-01", "to": "2026-03-31"}), nil},
	{"limitRole", "ask.contract.limit_role", with(cited, input{"year": "2025/26", "key": "l", "role": "none", "posts": 1}), nil},
	{"setRequirement", "ask.contract.set_requirement", with(cited, input{"year": "2025/26", "key": "F25-01", "service": "CAIP", "text": "Risk-stratify.", "from": "2025-04-01"}), nil},
	{"setMaturityFramework", "ask.contract.set_framework", with(cited, input{
		"year": "2025/26", "key": "matrix", "title": "Matrix", "publisher": "NHS England", "version": "1", "from": "2025-04-01",
		"domains": []input{{"key": "people", "title": "People"}}, "levels": []input{{"key": "foundation", "title": "Foundation"}},
	}), nil},
	{"stateMaturityDescriptor", "ask.contract.state_descriptor", with(cited, input{"year": "2025/26", "key": "d", "framework": "none", "domain": "people", "level": "step-1", "text": "They are heard."}), nil},
	{"disputeFigure", "ask.contract.dispute_figure", with(cited, input{"year": "2025/26", "key": "d", "about": "none", "says": "It is 2.", "because": "It is older."}), nil},
	{"withdrawTerm", "ask.contract.withdraw_term", input{"year": "2025/26", "key": "none", "reason": "It never was."}, nil},
	{"nameDeputy", "ask.network.name_deputy", input{"network": "U99001", "person": "person-1", "from": "2026-04-01"}, []events.Entity{"system-QZ1", "network-U99001"}},
	{"namePerson", "ask.network.name_person", input{"network": "U99001", "person": "person-nobody", "name": "Nadia Whitlock"}, []events.Entity{"system-QZ1", "network-U99001"}},
	{"erasePerson", "ask.network.erase_person", input{"system": "QZ1", "person": "person-nobody", "reason": "REQUESTED"}, []events.Entity{"system-QZ1"}},
	{"openChallenge", "ask.funding.open_challenge", input{"network": "U99001", "system": "QZ1", "year": "2025/26", "reference": "C1", "entry": 999, "words": "why"}, []events.Entity{"network-U99001", "system-QZ1"}},
	{"acknowledgeChallenge", "ask.funding.acknowledge_challenge", input{"challenge": "U99001-2025-26-C1", "system": "QZ1"}, []events.Entity{"system-QZ1"}},
	{"answerChallenge", "ask.funding.answer_challenge", input{"challenge": "U99001-2025-26-C1", "system": "QZ1", "outcome": "EXPLAINED", "words": "so"}, []events.Entity{"system-QZ1"}},
	{"acceptAnswer", "ask.funding.accept_answer", input{"challenge": "U99001-2025-26-C1"}, []events.Entity{"network-U99001", "system-QZ1"}},
	{"escalateChallenge", "ask.funding.escalate_challenge", input{"challenge": "U99001-2025-26-C1", "to": "the board", "words": "why"}, []events.Entity{"network-U99001", "system-QZ1"}},
	{"resolveChallenge", "ask.funding.resolve_challenge", input{"challenge": "U99001-2025-26-C1", "words": "so"}, []events.Entity{"network-U99001", "system-QZ1"}},
	{"setFundingPolicy", "ask.funding.set_policy", input{"system": "QZ1", "from": "2000-04-01", "acknowledge": 7, "answer": 28, "pay": 28, "notice": 28, "source": "the board"}, []events.Entity{"system-QZ1"}},
	{"stateQuantity", "ask.entitlement.state_quantity", input{"network": "U99001", "year": "2025/26", "line": "care_home_premium-beds", "quantity": 9, "source": "why"}, []events.Entity{"network-U99001", "system-QZ1"}},
	{"receiveFunding", "ask.funding.receive", input{"system": "QZ1", "year": "2025/26", "on": "2025-07-01", "fundingStream": "core", "purpose": "anything", "amount": "1.00", "reference": "R1", "reason": "why"}, []events.Entity{"system-QZ1"}},
	{"allocateFunding", "ask.funding.allocate", input{"system": "QZ1", "year": "2025/26", "network": "U99001", "on": "2025-07-01", "fundingStream": "core", "purpose": "anything", "amount": "1.00", "reference": "R1", "reason": "why"}, []events.Entity{"system-QZ1"}},
	{"holdFunding", "ask.funding.hold", input{"system": "QZ1", "year": "2025/26", "network": "U99001", "on": "2025-07-01", "fundingStream": "core", "purpose": "anything", "amount": "1.00", "reference": "R1", "reason": "why"}, []events.Entity{"system-QZ1"}},
	{"releaseFunding", "ask.funding.release", input{"system": "QZ1", "year": "2025/26", "network": "U99001", "on": "2025-07-01", "fundingStream": "core", "purpose": "anything", "amount": "1.00", "reference": "R1", "reason": "why"}, []events.Entity{"system-QZ1"}},
	{"spendOnBehalf", "ask.funding.spend_on_behalf", input{"system": "QZ1", "year": "2025/26", "network": "U99001", "on": "2025-07-01", "fundingStream": "core", "purpose": "anything", "amount": "1.00", "reference": "R1", "reason": "why", "for": "work"}, []events.Entity{"system-QZ1"}},
	{"requestPayment", "ask.funding.request_payment", input{"system": "QZ1", "year": "2025/26", "network": "U99001", "on": "2025-07-01", "fundingStream": "core", "purpose": "anything", "amount": "1.00", "reference": "R1", "reason": "why"}, []events.Entity{"system-QZ1"}},
	{"requestTakeBack", "ask.funding.request_take_back", input{"system": "QZ1", "year": "2025/26", "network": "U99001", "on": "2025-07-01", "fundingStream": "core", "purpose": "anything", "amount": "1.00", "reference": "R1", "reason": "why"}, []events.Entity{"system-QZ1"}},
	{"requestDiversion", "ask.funding.request_diversion", input{"system": "QZ1", "year": "2025/26", "network": "U99001", "on": "2025-07-01", "fundingStream": "core", "purpose": "anything", "amount": "1.00", "reference": "R1", "reason": "why"}, []events.Entity{"system-QZ1"}},
	{"approveFundingRequest", "ask.funding.approve_request", input{"system": "QZ1", "year": "2025/26", "entry": 9, "on": "2025-07-01", "reason": "why"}, []events.Entity{"system-QZ1"}},
	{"rejectFundingRequest", "ask.funding.reject_request", input{"system": "QZ1", "year": "2025/26", "entry": 9, "on": "2025-07-01", "reason": "why"}, []events.Entity{"system-QZ1"}},
	{"withdrawFundingRequest", "ask.funding.withdraw_request", input{"system": "QZ1", "year": "2025/26", "entry": 9, "on": "2025-07-01", "reason": "why"}, []events.Entity{"system-QZ1"}},
	{"reverseEntry", "ask.funding.reverse", input{"system": "QZ1", "year": "2025/26", "entry": 9, "on": "2025-07-01", "reason": "why"}, []events.Entity{"system-QZ1"}},
	{"retainUnderspend", "ask.funding.retain", input{"system": "QZ1", "year": "2025/26", "network": "U99001", "on": "2025-07-01", "fundingStream": "core", "purpose": "anything", "amount": "1.00", "reference": "R1", "reason": "why"}, []events.Entity{"system-QZ1"}},
	{"offerUnderspend", "ask.funding.offer", input{"system": "QZ1", "year": "2025/26", "network": "U99001", "on": "2025-07-01", "fundingStream": "core", "purpose": "anything", "amount": "1.00", "reference": "R1", "reason": "why"}, []events.Entity{"system-QZ1"}},
	{"reallocateUnderspend", "ask.funding.reallocate", input{"system": "QZ1", "year": "2025/26", "network": "U99001", "on": "2025-07-01", "fundingStream": "core", "purpose": "anything", "amount": "1.00", "reference": "R1", "reason": "why", "to": "U99002"}, []events.Entity{"system-QZ1"}},
	{"returnFunding", "ask.funding.return", input{"system": "QZ1", "year": "2025/26", "network": "U99001", "on": "2025-07-01", "fundingStream": "core", "purpose": "anything", "amount": "1.00", "reference": "R1", "reason": "why"}, []events.Entity{"system-QZ1"}},
	{"moveToSuccessor", "ask.funding.move_to_successor", input{"system": "QZ1", "year": "2025/26", "network": "U99001", "on": "2025-07-01", "reference": "R1"}, []events.Entity{"system-QZ1"}},
	{"closeFundingYear", "ask.funding.close_year", input{"system": "QZ1", "year": "2025/26"}, []events.Entity{"system-QZ1"}},
	{"carryInFunding", "ask.funding.carry_in", input{"system": "QZ1", "year": "2025/26", "fromSystem": "QZ1", "fromYear": "2019/20"}, []events.Entity{"system-QZ1"}},
	{"submitClaim", "ask.workforce.submit_claim", input{"network": "U99001", "month": "2025-06", "lines": []input{{"employee": "Role 1", "role": "coach", "startedOn": "2025-04-01", "hoursWorkedPerWeek": "37.5", "monthlySalary": "2500.00"}}}, []events.Entity{"system-QZ1", "network-U99001"}},
	{"adjustClaims", "ask.workforce.adjust_claims", input{"network": "U99001", "year": "2025/26", "reason": "why", "lines": []input{{"claim": 9, "employee": "Role 1", "monthlySalary": "2500.00"}}}, []events.Entity{"system-QZ1", "network-U99001"}},
	{"withdrawClaim", "ask.workforce.withdraw_claim", input{"network": "U99001", "year": "2025/26", "claim": 9, "reason": "why"}, []events.Entity{"system-QZ1", "network-U99001"}},
	{"approveClaim", "ask.workforce.approve_claim", input{"network": "U99001", "year": "2025/26", "claim": 9}, []events.Entity{"system-QZ1", "network-U99001"}},
	{"rejectClaim", "ask.workforce.reject_claim", input{"network": "U99001", "year": "2025/26", "claim": 9, "reasons": []input{{"reason": "why"}}}, []events.Entity{"system-QZ1", "network-U99001"}},
	{"stateBaseline", "ask.workforce.state_baseline", input{"network": "U99001", "role": "coach", "wte": "1", "source": "survey"}, []events.Entity{"system-QZ1", "network-U99001"}},
	{"planPost", "ask.workforce.plan_post", input{"network": "U99001", "practices": []string{"Z12345"}, "role": "coach", "hoursPerWeek": "37.5", "purpose": "OWN", "employer": "Practice", "model": "LEAD_PRACTICE", "plannedFrom": "2025-04-01"}, []events.Entity{"system-QZ1", "network-U99001"}},
	{"changePost", "ask.workforce.change_post", input{"network": "U99001", "post": 99, "since": "2025-04-01", "reason": "why", "role": "coach", "hoursPerWeek": "37.5", "purpose": "OWN", "employer": "Practice", "model": "LEAD_PRACTICE", "plannedFrom": "2025-04-01"}, []events.Entity{"system-QZ1", "network-U99001"}},
	{"advancePost", "ask.workforce.advance_post", input{"network": "U99001", "post": 99, "to": "RECRUITING", "on": "2025-04-01"}, []events.Entity{"system-QZ1", "network-U99001"}},
	{"fillPost", "ask.workforce.fill_post", input{"network": "U99001", "post": 99, "employee": "Role 1", "startsOn": "2025-04-01", "from": "HOSPITAL"}, []events.Entity{"system-QZ1", "network-U99001"}},
	{"vacatePost", "ask.workforce.vacate_post", input{"network": "U99001", "post": 99, "lastDay": "2025-04-01", "why": "RETIRED"}, []events.Entity{"system-QZ1", "network-U99001"}},
	{"withdrawPost", "ask.workforce.withdraw_post", input{"network": "U99001", "post": 99, "on": "2025-04-01", "reason": "why"}, []events.Entity{"system-QZ1", "network-U99001"}},
	{"returnStaff", "ask.workforce.return_staff", input{"network": "U99001", "month": "2099-06", "source": "file", "staff": []input{{"group": "Other", "role": "Pharmacist", "records": 1, "wte": "1"}}}, []events.Entity{"system-QZ1", "network-U99001"}},
	{"reportDirectorTime", "ask.workforce.report_director_time", input{"network": "U99001", "month": "2099-06", "funded": "16", "spent": input{"leadership": "1", "administration": "1", "meetings": "1", "finance": "1", "hr": "1"}}, []events.Entity{"system-QZ1", "network-U99001"}},
	{"confirmReceipt", "ask.funding.confirm_receipt", input{"system": "QZ1", "year": "2025/26", "network": "U99001", "on": "2025-07-01", "fundingStream": "core", "purpose": "anything", "amount": "1.00", "reference": "R1", "reason": "why"}, []events.Entity{"system-QZ1", "network-U99001"}},
	{"commitFunding", "ask.funding.commit", input{"system": "QZ1", "year": "2025/26", "network": "U99001", "on": "2025-07-01", "fundingStream": "core", "purpose": "anything", "amount": "1.00", "reference": "R1", "reason": "why"}, []events.Entity{"system-QZ1", "network-U99001"}},
	{"releaseCommitment", "ask.funding.release_commitment", input{"system": "QZ1", "year": "2025/26", "network": "U99001", "on": "2025-07-01", "fundingStream": "core", "purpose": "anything", "amount": "1.00", "reference": "R1", "reason": "why"}, []events.Entity{"system-QZ1", "network-U99001"}},
	{"spendFunding", "ask.funding.spend", input{"system": "QZ1", "year": "2025/26", "network": "U99001", "on": "2025-07-01", "fundingStream": "core", "purpose": "anything", "amount": "1.00", "reference": "R1", "reason": "why", "for": "work"}, []events.Entity{"system-QZ1", "network-U99001"}},
	{"declareUnderspend", "ask.funding.declare_underspend", input{"system": "QZ1", "year": "2025/26", "network": "U99001", "on": "2025-07-01", "fundingStream": "core", "purpose": "anything", "amount": "1.00", "reference": "R1", "reason": "why"}, []events.Entity{"system-QZ1", "network-U99001"}},
	{"acknowledgeSpending", "ask.funding.acknowledge_spending", input{"system": "QZ1", "year": "2025/26", "network": "U99001", "entry": 9, "on": "2025-07-01", "reason": "why"}, []events.Entity{"system-QZ1", "network-U99001"}},
	{"refuseSpending", "ask.funding.refuse_spending", input{"system": "QZ1", "year": "2025/26", "network": "U99001", "entry": 9, "on": "2025-07-01", "reason": "why"}, []events.Entity{"system-QZ1", "network-U99001"}},
	{"acknowledgeDiversion", "ask.funding.acknowledge_diversion", input{"system": "QZ1", "year": "2025/26", "network": "U99001", "entry": 9, "on": "2025-07-01", "reason": "why"}, []events.Entity{"system-QZ1", "network-U99001"}},
	{"protestDiversion", "ask.funding.protest_diversion", input{"system": "QZ1", "year": "2025/26", "network": "U99001", "entry": 9, "on": "2025-07-01", "reason": "why"}, []events.Entity{"system-QZ1", "network-U99001"}},
	{"registerPartner", "ask.funding.register_partner", input{"organisation": "RZ1", "name": "Partner", "system": "QZ1", "from": "2025/26"}, []events.Entity{"system-QZ1"}},
	{"endPartner", "ask.funding.end_partner", input{"organisation": "RZ1", "system": "QZ1", "last": "2018/19", "reason": "why"}, []events.Entity{"system-QZ1"}},
	{"setControlTotal", "ask.funding.set_control_total", input{"organisation": "RZ1", "system": "QZ1", "year": "2018/19", "amount": "-1.00", "agreedOn": "2018-04-01"}, []events.Entity{"system-QZ1"}},
	{"reportPosition", "ask.funding.report_position", input{"organisation": "RZ1", "year": "2018/19", "month": 1, "plan": "-1.00", "actual": "0.00", "forecast": "1.00", "on": "2018-05-15"}, []events.Entity{"system-QZ1", "partner-RZ1"}},
	{"stateCost", "ask.funding.state_cost", input{"network": "U99001", "year": "2025/26", "specification": "None", "key": "tea", "what": "tea", "fixed": "1.00", "source": "till"}, []events.Entity{"system-QZ1", "network-U99001"}},
	{"withdrawCost", "ask.funding.withdraw_cost", input{"network": "U99001", "year": "2025/26", "specification": "None", "key": "tea", "reason": "why"}, []events.Entity{"system-QZ1", "network-U99001"}},
	{"statePayment", "ask.funding.state_payment", input{"network": "U99001", "year": "2025/26", "specification": "None", "stream": "core", "share": "1", "reason": "why"}, []events.Entity{"system-QZ1", "network-U99001"}},
	{"reverseOwnEntry", "ask.funding.reverse_own", input{"system": "QZ1", "year": "2025/26", "network": "U99001", "entry": 9, "on": "2025-07-01", "reason": "why"}, []events.Entity{"system-QZ1", "network-U99001"}},
}

var (
	cited      = input{"source": "a paper", "confidence": "LOCAL"}
	coreStream = with(cited, input{"key": "core", "title": "Core", "payee": "NETWORK"})
)

// with is both of two inputs.
func with(a, b input) input {
	both := maps.Clone(a)
	maps.Copy(both, b)
	return both
}

// The one is cited, the other is not.
const anySource, noSource = "epcn-2026-07-01-9f86d081", "epcn-2026-07-01-00000000"

var organisations = []events.Entity{ask.England, "system-QZ1", "network-U99001", "practice-Z99001", "system-QZ2", "network-U99002", "practice-Z99002", "partner-RZ1", "partner-RZ2", "partner-X1", ""}

// Everybody tries everything.
func TestEveryRoleMayDoWhatTheTableSaysAndNoMore(t *testing.T) {
	t.Parallel()
	s, c := twoSystems(t)
	for _, act := range acts {
		if slices.Contains([]string{"citeSource", "recordListSize", "appointDirector", "nameDeputy", "listStream", "setRole", "setRequirement", "setMaturityFramework"}, act.mutation) {
			c.do(t, act.mutation, act.in)
		}
	}
	// A ledger that is closed takes no act any more.
	s.as(t, "finance", ask.Grant{Role: ask.Finance, Of: "system-QZ1"}).do(t, "closeFundingYear", input{"system": "QZ1", "year": "2025/26"})
	before := caughtUp(t, c)
	tried := map[string]bool{}
	for _, role := range ask.Roles {
		for _, of := range organisations {
			var grants []ask.Grant
			if of != "" {
				grants = []ask.Grant{{Role: role, Of: of}}
			}
			who := s.as(t, string(role)+"-"+string(of), grants...)
			for _, act := range acts {
				tried[act.subject] = true
				may := slices.Contains(ask.May(act.subject), role) && (of == ask.England || slices.Contains(act.concerns, of))
				d, a, err := who.submit(t.Context(), act.mutation, act.in)
				if err != nil || a.status != http.StatusOK {
					t.Fatalf("%s: %v, %d %s", act.mutation, err, a.status, a.body)
				}
				forbidden := slices.Equal(append(a.codes(), d.codes()...), []string{"FORBIDDEN"})
				if forbidden == may || forbidden && d.Receipt != nil || len(a.Errors) > 0 && !forbidden {
					t.Errorf("%s of %q, who may %v %s, is answered %s", role, of, may, act.mutation, a.body)
				}
			}
		}
	}
	if subjects := ask.Subjects(); len(tried) != len(subjects) {
		t.Errorf("%d asks were tried, of %v", len(tried), subjects)
	}
	if after := caughtUp(t, c); after != before {
		t.Errorf("%d entries before, %d after", before, after)
	}
}

// The ways to what is open within a system alone, each asking for QZ1's.
var within = map[string]string{
	"network":       `{ network(code: "U99001") { members { from } } }`,
	"all time":      `{ network(code: "U99001") { memberships { from } } }`,
	"list":          `{ networks(first: 9, filter: {system: "QZ1"}) { nodes { members { from } } } }`,
	"list's edges":  `{ networks(first: 9, filter: {system: "QZ1"}) { edges { node { memberships { from } } } } }`,
	"node":          `{ node(id: "network-U99001") { ... on Network { members { from } } } }`,
	"practice node": `{ node(id: "practice-Z99001") { ... on Practice { memberships { from } } } }`,
	"practice":      `{ practice(code: "Z99001") { memberships { from } } }`,
	"by the way":    `{ practice(code: "Z99001") { network { members { from } } } }`,
	"alias":         `{ code: network(code: "U99001") { name: members { code: from } } }`,
	"fragment":      `query { network(code: "U99001") { ...F } } fragment F on Network { members { ...G } } fragment G on Membership { from }`,
	"asAt":          `{ network(code: "U99001", asAt: "2100-01-01T00:00:00Z", on: "2020-01-01") { members { from } } }`,
	"entries":       `{ entries(about: "network-U99001", first: 9) { nodes { data } } }`,
	"entry edges":   `{ a: entries(about: "practice-Z99001", first: 9, asAt: "2100-01-01T00:00:00Z") { edges { node { data } } } }`,
	"system's":      `{ entries(about: "system-QZ1", first: 9) { nodes { data } } }`,
	"partner's":     `{ entries(about: "partner-RZ1", first: 9) { nodes { data } } }`,
	"positions":     `{ system(code: "QZ1") { name code positions(year: "2025/26") { partners { name code } } } }`,
	"place's":       `{ entries(about: "place-QZ1-WEST", first: 9) { nodes { data } } }`,
}

func TestWhatIsOpenInASystemIsClosedToOthers(t *testing.T) {
	t.Parallel()
	s, _ := twoSystems(t)
	const watching = `subscription { networkChanged(code: "U99001") { network { name members { from } } entries { data } } }`
	for _, role := range ask.Roles {
		for _, of := range organisations {
			var grants []ask.Grant
			if of != "" {
				grants = []ask.Grant{{Role: role, Of: of}}
			}
			inside := of == ask.England || slices.Contains([]events.Entity{"system-QZ1", "network-U99001", "practice-Z99001", "partner-RZ1"}, of)
			who := s.as(t, string(role)+"-"+string(of), grants...)
			for way, doc := range within {
				a := who.ask(t, doc)
				codes := slices.Compact(a.codes())
				switch {
				case inside && (len(a.Errors) > 0 || !strings.Contains(a.body, "2019-08-07") && !strings.Contains(a.body, "QZ1")):
					t.Errorf("%s of %q is refused their own by %s: %s", role, of, way, a.body)
				case !inside && (!slices.Equal(codes, []string{"OTHER_SYSTEM"}) || leaks(a.body)):
					t.Errorf("%s of %q is answered by %s: %s", role, of, way, a.body)
				}
			}
			events := who.subscribe(t, watching)
			select {
			case first, open := <-events.changes:
				if inside && (!open || len(first.Errors) > 0 || first.name() != "Network") {
					t.Errorf("%s of %q watches their own: %+v", role, of, first)
				}
				if !inside && (!open || len(first.Errors) != 1 || first.Errors[0].Extensions["code"] != "OTHER_SYSTEM" || first.name() != "" || leaks(first.Errors[0].Message)) {
					t.Errorf("%s of %q watches another system: %+v", role, of, first)
				}
			case <-time.After(patience):
				t.Errorf("%s of %q subscribes and hears nothing", role, of)
			}
			events.stop()
		}
	}
}

// leaks reports whether an answer holds what only the system's own may see.
func leaks(body string) bool {
	return strings.Contains(body, "2019-08-07") || strings.Contains(body, "Practice") || strings.Contains(body, `"Network"`) || strings.Contains(body, "West") || strings.Contains(body, `"Partner"`)
}

// Who may act for their own network on another system's practice learns nothing of
// it beside: not from why not, nor from what comes back where it was done.
func TestAMutationTellsNothingOfAnotherSystem(t *testing.T) {
	t.Parallel()
	s, c := twoSystems(t)
	c.do(t, "registerPractice", input{"code": "Z99003", "name": "Practice", "system": "QZ2"})
	c.do(t, "joinNetwork", input{"practice": "Z99003", "network": "U99002", "from": "2019-08-07", "lastDay": "2020-08-07"})
	c.do(t, "giveNotice", input{"practice": "Z99002", "network": "U99002", "notice": "LEAVE", "givenOn": "2019-08-07", "lastDay": "2030-03-31"})
	who := s.as(t, "first", ask.Grant{Role: ask.Steward, Of: "system-QZ1"})
	for mutation, in := range map[string]input{
		"joinNetwork":   {"practice": "Z99002", "network": "U99001", "from": "2020-01-01"},
		"coverPatients": {"practice": "Z99002", "network": "U99001", "from": "2020-01-01"},
		"giveNotice":    {"practice": "Z99002", "network": "U99001", "notice": "LEAVE", "givenOn": "2020-01-01", "lastDay": "2020-01-01"},
		"leaveNetwork":  {"practice": "Z99002", "network": "U99001", "lastDay": "2020-01-01"},
		"mergeNetworks": {"network": "U99001", "into": "U99002", "on": "2026-04-01"},
	} {
		if p := who.refused(t, mutation, in); strings.Contains(fmt.Sprint(p), "2019-08-07") || strings.Contains(fmt.Sprint(p), "2030") {
			t.Errorf("%s is refused with %+v", mutation, p)
		}
	}
	const done = `receipt { id } problems { code } practice { name %s }`
	for i, own := range []string{"memberships { from }", "notices { givenOn }", "coveredBy { from }", "...F"} {
		doc := fmt.Sprintf(`mutation($input: JoinNetworkInput!) { a: joinNetwork(input: $input) { `+done+` } } fragment F on Practice { b: memberships { from } }`, own)
		if own != "...F" {
			doc, _, _ = strings.Cut(doc, " fragment")
		}
		a, err := who.try(t.Context(), doc, map[string]any{"input": input{"practice": "Z99003", "network": "U99001",
			"from": fmt.Sprintf("202%d-01-01", i+1), "lastDay": fmt.Sprintf("202%d-06-30", i+1), "idempotencyKey": fmt.Sprint(i), "wait": "VISIBLE"}})
		if err != nil || !slices.Equal(a.codes(), []string{"OTHER_SYSTEM"}) || strings.Contains(a.body, "2019-08-07") || !strings.Contains(a.body, `"receipt":{"id"`) {
			t.Errorf("%s is answered %v %s", doc, err, a.body)
		}
	}
}

// A fact that is not open is not shown one by one: not as an entry, not as the
// reason of a change, not in the past.
func TestWhatIsNotOpenNeverShows(t *testing.T) {
	t.Parallel()
	s, c := twoSystems(t)
	types := []string{"pulse.answered.v1", "network.network_renamed.v9"} // of a later release, so in nobody's table
	for typ, class := range events.VisibleTypes() {
		if class != events.Open {
			types = append(types, typ)
		}
	}
	nc, err := s.join(t.Context(), "network")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(nc.Close)
	watching := c.watch(t, "U99001", "")
	start := watching.next(t)
	before := caughtUp(t, c)
	for i, typ := range types {
		if events.VisibilityOf(typ) == events.Open {
			t.Fatalf("%s is open", typ)
		}
		_, err := remote.New(nc).Append(t.Context(), events.Stream(fmt.Sprint("withheld-", i)), events.NoStream, []store.Entry{{
			Envelope: events.Envelope{ID: events.ID(uuid.NewString()), Type: typ, Source: "test", Actor: "person-withheld", Entities: []events.Entity{"practice-Z99001", "network-U99001"}},
			Data:     []byte(`{"withheld":true}`),
		}})
		if err != nil {
			t.Fatal(err)
		}
	}
	if after := caughtUp(t, c); after != before+len(types) {
		t.Fatalf("%d facts recorded, of %d", after-before, len(types))
	}
	watching.quiet(t)
	for _, doc := range []string{
		`{ entries(about: "network-U99001", first: 100) { nodes { type actor data } pageInfo { hasNextPage } } }`,
		`{ entries(about: "network-U99001", first: 2) { nodes { type actor data } pageInfo { hasNextPage } } }`,
		`{ entries(about: "practice-Z99001", first: 100, asAt: "2100-01-01T00:00:00Z") { edges { cursor node { type actor data } } pageInfo { hasNextPage } } }`,
	} {
		a := c.ask(t, doc)
		if len(a.Errors) > 0 || !strings.Contains(a.body, `"type":"network.joined.v1"`) || strings.Contains(a.body, "withheld") ||
			!strings.Contains(a.body, `"hasNextPage":false`) || slices.ContainsFunc(types, func(typ string) bool { return strings.Contains(a.body, typ) }) {
			t.Errorf("%s is answered %s", doc, a.body)
		}
	}
	c.watch(t, "U99001", start.position()).quiet(t)
}
