// Package guard says who may read or ask what, as one table, and holds every
// field of an answer against it. What a request may cost is package limit's.
package guard

import (
	"slices"

	"github.com/ics-openbook/openbook/api/ask"
	"github.com/ics-openbook/openbook/api/ask/challenge"
	"github.com/ics-openbook/openbook/api/ask/contract"
	"github.com/ics-openbook/openbook/api/ask/costing"
	"github.com/ics-openbook/openbook/api/ask/entitlement"
	"github.com/ics-openbook/openbook/api/ask/funding"
	"github.com/ics-openbook/openbook/api/ask/network"
	"github.com/ics-openbook/openbook/api/ask/partner"
	"github.com/ics-openbook/openbook/api/ask/policy"
	"github.com/ics-openbook/openbook/api/ask/workforce"
)

// Rule is who may have a field.
type Rule struct {
	kind     kind
	argument string  // for ownArgument and ownOrMine
	asks     ask.Ask // for mutations
	held     roles   // for holders
}

type kind uint8

const (
	nobody      kind = iota // the rule of a field without one
	everyone                // who is signed in
	ownParent               // who belongs to the system of the object the field is of
	ownArgument             // who belongs to the system of what an argument names
	ownOrMine               // the same where the argument is given, if there is one; else anybody, of their own systems
	mayAsk                  // whom the table of asks lets ask it
	holders                 // who holds one of some roles for the organisation that the object is of
)

// Everyones reports whether everybody who is signed in has the field.
func (r Rule) Everyones() bool { return r.kind == everyone }

// Owns reports whether those have the field who belong to the system of the
// object that it is of, which is [Within] one.
func (r Rule) Owns() bool { return r.kind == ownParent }

// Holders returns the roles one of which a viewer must hold for the organisation
// that the object is of, if the field is judged by that.
func (r Rule) Holders() []ask.Role {
	return r.held.all()
}

// roles are up to four, so that rules can be compared.
type roles [4]ask.Role

func (r roles) all() []ask.Role {
	return slices.DeleteFunc(r[:], func(one ask.Role) bool { return one == "" })
}

// Names returns the argument that names whose a field is, if it is judged by one;
// mine reports that without it everybody has their own.
func (r Rule) Names() (argument string, mine bool) { return r.argument, r.kind == ownOrMine }

var (
	open = Rule{kind: everyone}
	own  = Rule{kind: ownParent}
	pay  = Rule{kind: holders, held: roles(SeePay)}
	self = Rule{kind: holders, held: roles{ask.PCN}} // the network alone
)

func of(argument string) Rule { return Rule{kind: ownArgument, argument: argument} }
func mine(unless string) Rule { return Rule{kind: ownOrMine, argument: unless} }
func asks(a ask.Ask) Rule     { return Rule{kind: mayAsk, asks: a} }

// types are objects all of whose fields share a rule, unless the table below
// has another. They are reached only through fields that have theirs.
var types = map[string]Rule{
	"Person": open, "Grant": open, "Problem": open, "Receipt": open, "PageInfo": open,
	"SignedReceipt": open, "InclusionProof": open, // to who knows the entry's id; what may be read in it is the resolver's to say
	"Figure": open, "Unknown": open, "BookStatus": open,
	"Parking": open, "MoneyInTransit": open, // shown of one's own systems alone
	"Entry": open, "EntryConnection": open, "EntryEdge": open, // reached through own alone
	"System": open, "Place": open, "Network": open, "Practice": open,
	"Membership":        open, // reached through own alone
	"NetworkConnection": open, "NetworkEdge": open, "NetworkChange": open,
	"PracticeConnection": open, "PracticeEdge": open, "Source": open,
	"Conflict": open, "ConflictConnection": open, "ConflictEdge": open, // reached through own alone
	"Gap": open, "GapConnection": open, "GapEdge": open, // reached through own alone
	"RegisterSystemPayload": open, "RenameSystemPayload": open,
	"RegisterPlacePayload": open, "RenamePlacePayload": open,
	"RegisterNetworkPayload": open, "RenameNetworkPayload": open,
	"RegisterPracticePayload": open, "RenamePracticePayload": open,
	"JoinNetworkPayload": open, "LeaveNetworkPayload": open,
	"CiteSourcePayload": open, "CompleteSourcePayload": open, "ReportSystemPayload": open, "ReportNetworkPayload": open, "ReportPracticePayload": open,
	"SpendingAnswer": open, // reached through own alone
	"Equity":         open, "EquitySlope": open, "EquityLine": open, "EquityBands": open, "EquityBand": open,
	"NetworkEquity": open, "EquityLeftOut": open, "EquityWhatIf": open, "EquityChange": open, // reached through own alone
	"Proposal": open, "SubICB": open, "ListSize": open, "ContractMembership": open, "Deprivation": open,
	"Director": open, "DirectorVacancy": open, "Deputy": open, "Notice": open, "Cover": open, // reached through own alone
	// A network that has moved shows who spoke for it before, in the system it was
	// in then: whose networks these were besides is for that system.
	"Mandate": own,
	// A committee is a statutory body: its name and its area are published.
	"LMC":                  open,
	"SucceedSystemPayload": open, "RecordLMCPayload": open, "MandateRepresentativePayload": open,
	"EndMandatePayload": open, "CloseNetworkPayload": open, "ReopenNetworkPayload": open,
	"MoveNetworkPayload": open, "MergeNetworksPayload": open, "SplitNetworkPayload": open,
	"ClosePracticePayload": open, "MovePracticePayload": open, "GiveNoticePayload": open,
	"WithdrawNoticePayload": open, "CoverPatientsPayload": open, "RecordListSizePayload": open,
	"AppointDirectorPayload": open, "GiveDirectorNoticePayload": open, "EndDirectorPayload": open,
	"NameDeputyPayload": open, "PersonName": open, "NamePersonPayload": open, "ErasePersonPayload": open,
	"Contract": open, "FundingStream": open, "RateLine": open, "RateInForce": open, "PermittedUse": open, "Ruling": open,
	"ReimbursedRole": open, "RoleMaximum": open, "RoleLimit": open, "Requirement": open, "DisputedFigure": open, "TermEntry": open, // rates are national
	"MaturityFramework": open, "MaturityDomain": open, "MaturityLevel": open, "MaturityDescriptor": open,
	"PublishContractPayload": open, "ListStreamPayload": open, "SetRatePayload": open, "StateUsePayload": open, "SetRolePayload": open,
	"LimitRolePayload": open, "SetRequirementPayload": open, "SetMaturityFrameworkPayload": open, "StateMaturityDescriptorPayload": open, "DisputeFigurePayload": open, "WithdrawTermPayload": open,
	// Of single payees, reached through own alone; of all England and of a system's
	// totals, what everybody may know.
	"Amount": open, "Passport": open, "PassportTerm": open, "PassportTermConnection": open, "PassportTermEdge": open,
	"Funding": open, "FundingStages": open, "StreamFunding": open, "PurposeFunding": open, "EntitlementLine": open, "EntitledRate": open,
	"EntitlementCount": open, "EntitlementPart": open, "EntitlementChange": open, "EntitlementDifference": open,
	"LedgerEntry": open, "LedgerEntryConnection": open, "LedgerEntryEdge": open, "LedgerPosting": open,
	"SystemFunding": open, "SystemStream": open, "FundingTotal": open, "NationalEntitlement": open, "NationalStream": open,
	"StateQuantityPayload": open,
	// Where a partner stands is reached through own alone.
	"SystemPositions": open, "PositionMonth": open, "PartnerPosition": open, "ControlTotal": open, "PositionReport": open,
	"PositionChange": open, "OwedMonth": open,
	"RegisterPartnerPayload": open, "EndPartnerPayload": open, "SetControlTotalPayload": open, "ReportPositionPayload": open,
	// So is what specifications cost a network.
	"SpecificationCost": open, "CostLine": open, "CostStatement": open, "CostPayment": open,
	"NetworkWorkforce": open, "SystemWorkforce": open, "RoleTotal": open, "RolePosts": open, "BaselineRole": open,
	"PostConnection": open, "PostEdge": open, "Post": open, "PensionAnswer": open, "Additionality": open,
	"DirectorMonth": open, "DirectorTimes": open, "DirectorSpread": open,
	"Reconciliation": open, "SystemReconciliation": open, "AccountCoverage": open, "NetworkDifferences": open, "ReconciledRole": open,
	"ReturnedRole": open, "WorkforceDifference": open, "DifferenceSide": open,
	"RoleMixes": open, "RoleMix": open, "MixPosts": open, "TaskHours": open, "MixWork": open, "RoleLeftOut": open,
	"StateBaselinePayload": open, "PlanPostPayload": open, "ChangePostPayload": open, "AdvancePostPayload": open, "FillPostPayload": open,
	"VacatePostPayload": open, "WithdrawPostPayload": open, "ReturnStaffPayload": open, "ReportDirectorTimePayload": open,
	"ClaimConnection": open, "ClaimEdge": open, "Claim": open, "ClaimPayment": open, "ClaimReason": open, "ClaimLine": open,
	"ClaimMaximum": open, "ClaimFigure": open, "AdjustedLine": open,
	"SubmitClaimPayload": open, "AdjustClaimsPayload": open, "WithdrawClaimPayload": open, "ApproveClaimPayload": open, "RejectClaimPayload": open,
	"StateCostPayload": open, "WithdrawCostPayload": open, "StatePaymentPayload": open,
	"ReceiveFundingPayload": open, "AllocateFundingPayload": open, "HoldFundingPayload": open,
	"ReleaseFundingPayload": open, "SpendOnBehalfPayload": open, "RequestPaymentPayload": open,
	"RequestTakeBackPayload": open, "RequestDiversionPayload": open, "ApproveFundingRequestPayload": open,
	"RejectFundingRequestPayload": open, "WithdrawFundingRequestPayload": open, "ReverseEntryPayload": open,
	"RetainUnderspendPayload": open, "OfferUnderspendPayload": open, "ReallocateUnderspendPayload": open,
	"ReturnFundingPayload": open, "MoveToSuccessorPayload": open, "CloseFundingYearPayload": open,
	"CarryInFundingPayload": open, "ConfirmReceiptPayload": open, "CommitFundingPayload": open,
	"ReleaseCommitmentPayload": open, "SpendFundingPayload": open, "DeclareUnderspendPayload": open,
	"AcknowledgeSpendingPayload": open, "RefuseSpendingPayload": open, "AcknowledgeDiversionPayload": open,
	"ProtestDiversionPayload": open, "ReverseOwnEntryPayload": open,
	// reached through own alone
	"Challenge": open, "ChallengeConnection": open, "ChallengeEdge": open, "MissingEntry": open, "LetGoBy": open,
	"ChallengeWord": open, "ChallengeAnswer": open, "Correction": open, "ChallengeEscalation": open,
	"FundingPolicy": open, "SystemDuties": open, "PaymentRecord": open, "WordRecord": open, "KeptRecord": open, "NoticeRecord": open,
	"BreachConnection": open, "BreachEdge": open, "Breach": open,
	"OpenChallengePayload": open, "AcknowledgeChallengePayload": open, "AnswerChallengePayload": open,
	"AcceptAnswerPayload": open, "EscalateChallengePayload": open, "ResolveChallengePayload": open, "SetFundingPolicyPayload": open,
}

// fields is the table. Everybody signed in reads everything in their own
// system; of others, what a directory would have, and totals. A directory is
// what the national files publish: codes, names, which practice is in which
// network and system on a day, list sizes, deprivation, clinical systems.
var fields = map[string]Rule{
	"Query.me": open, "Query.node": open, "Query.status": open,
	"Query.system": open, "Query.network": open, "Query.networks": open, "Query.practice": open,
	"Query.systems": open, "Query.practices": open, "Query.sources": open,
	"Query.conflicts": mine("system"), "Query.unknowns": mine("system"),
	"Query.contract": open, "Query.contracts": open,
	"Query.challenge": of("name"), "Query.challenges": mine("system"),
	"Query.entries": of("about"), "Query.receipt": open, "Query.grounds": open,
	"Query.mayISpend":             of("network"),
	"Query.__schema":              open,
	"Query.__type":                open,
	"Subscription.networkChanged": of("code"),

	// Which practices are members is published; how a membership came to be known,
	// and between which days, is not.
	"Network.members": own, "Network.memberships": own, "Practice.memberships": own,
	// Who leads, and that nobody does, is about persons: no national file has it,
	// and a post is neither a directory's nor a total.
	"Network.directors": own, "Network.directorVacancy": own, "Network.deputies": own,
	"Network.representatives": own, "System.representatives": own,
	// Whose money is where is for those in the same system.
	"Network.funding": own, "Practice.funding": own, "System.funding": own, "System.fundingTotals": open, "Query.entitlements": open,
	// The open book of the partners is open in their system.
	"System.positions": own,
	// What it costs a network to do what it is paid for, likewise.
	"Network.costs": own,
	// That a practice means to go is for those who can still talk to it.
	"Practice.notices": own,
	// Who looks after whose patients is agreed within a system, and published nowhere.
	"Network.covers": own, "Practice.coveredBy": own,
	// How a system keeps its word is for those whom it has given it.
	// What people are paid is for their own network and those who pay for it; what
	// it comes to together is for the system.
	"Network.workforce": own, "System.workforce": own, "NetworkWorkforce.claims": pay,
	"NetworkWorkforce.posts": pay, "NetworkWorkforce.reconciliation": pay, "NetworkWorkforce.mixes": pay, "NetworkWorkforce.directorTime": self,
	"Network.challenges": own, "System.duties": own, "System.fundingPolicy": own,
	// Whose money is how much is for the system; what tells nothing of a single
	// network, and is of five at least, is everybody's.
	"Equity.networks": own, "EquitySlope.leftOut": own, "EquityBands.unknown": own, "System.equityWhatIf": own,
	// What cannot be read, and of which type it is, is an entry that is not shown.
	"BookStatus.parked": mine(""),

	"Mutation.registerSystem":   asks(network.RegisterSystem{}),
	"Mutation.renameSystem":     asks(network.RenameSystem{}),
	"Mutation.registerPlace":    asks(network.RegisterPlace{}),
	"Mutation.renamePlace":      asks(network.RenamePlace{}),
	"Mutation.registerNetwork":  asks(network.RegisterNetwork{}),
	"Mutation.renameNetwork":    asks(network.RenameNetwork{}),
	"Mutation.registerPractice": asks(network.RegisterPractice{}),
	"Mutation.renamePractice":   asks(network.RenamePractice{}),
	"Mutation.joinNetwork":      asks(network.Join{}),
	"Mutation.leaveNetwork":     asks(network.Leave{}),
	"Mutation.citeSource":       asks(network.CiteSource{}),
	"Mutation.completeSource":   asks(network.CompleteSource{}),
	"Mutation.reportSystem":     asks(network.ReportSystem{}),
	"Mutation.reportNetwork":    asks(network.ReportNetwork{}),
	"Mutation.reportPractice":   asks(network.ReportPractice{}),

	"Mutation.succeedSystem":         asks(network.SucceedSystem{}),
	"Mutation.recordLMC":             asks(network.RecordLMC{}),
	"Mutation.mandateRepresentative": asks(network.MandateRepresentative{}),
	"Mutation.endMandate":            asks(network.EndMandate{}),
	"Mutation.closeNetwork":          asks(network.CloseNetwork{}),
	"Mutation.reopenNetwork":         asks(network.ReopenNetwork{}),
	"Mutation.moveNetwork":           asks(network.MoveNetwork{}),
	"Mutation.mergeNetworks":         asks(network.MergeNetworks{}),
	"Mutation.splitNetwork":          asks(network.SplitNetwork{}),
	"Mutation.closePractice":         asks(network.ClosePractice{}),
	"Mutation.movePractice":          asks(network.MovePractice{}),
	"Mutation.giveNotice":            asks(network.GiveNotice{}),
	"Mutation.withdrawNotice":        asks(network.WithdrawNotice{}),
	"Mutation.coverPatients":         asks(network.CoverPatients{}),
	"Mutation.recordListSize":        asks(network.RecordListSize{}),
	"Mutation.appointDirector":       asks(network.AppointDirector{}),
	"Mutation.giveDirectorNotice":    asks(network.GiveDirectorNotice{}),
	"Mutation.endDirector":           asks(network.EndDirector{}),
	"Mutation.nameDeputy":            asks(network.NameDeputy{}),
	"Mutation.namePerson":            asks(network.NamePerson{}),
	"Mutation.erasePerson":           asks(network.ErasePerson{}),

	"Mutation.publishContract":         asks(contract.Publish{}),
	"Mutation.listStream":              asks(contract.ListStream{}),
	"Mutation.setRate":                 asks(contract.SetRate{}),
	"Mutation.stateUse":                asks(contract.StateUse{}),
	"Mutation.setRole":                 asks(contract.SetRole{}),
	"Mutation.limitRole":               asks(contract.LimitRole{}),
	"Mutation.setRequirement":          asks(contract.SetRequirement{}),
	"Mutation.setMaturityFramework":    asks(contract.SetFramework{}),
	"Mutation.stateMaturityDescriptor": asks(contract.StateDescriptor{}),
	"Mutation.disputeFigure":           asks(contract.DisputeFigure{}),
	"Mutation.withdrawTerm":            asks(contract.WithdrawTerm{}),
	"Mutation.receiveFunding":          asks(funding.ReceiveFunding{}),
	"Mutation.allocateFunding":         asks(funding.AllocateFunding{}),
	"Mutation.holdFunding":             asks(funding.HoldFunding{}),
	"Mutation.releaseFunding":          asks(funding.ReleaseFunding{}),
	"Mutation.spendOnBehalf":           asks(funding.SpendOnBehalf{}),
	"Mutation.requestPayment":          asks(funding.RequestPayment{}),
	"Mutation.requestTakeBack":         asks(funding.RequestTakeBack{}),
	"Mutation.requestDiversion":        asks(funding.RequestDiversion{}),
	"Mutation.approveFundingRequest":   asks(funding.ApproveRequest{}),
	"Mutation.rejectFundingRequest":    asks(funding.RejectRequest{}),
	"Mutation.withdrawFundingRequest":  asks(funding.WithdrawRequest{}),
	"Mutation.reverseEntry":            asks(funding.ReverseEntry{}),
	"Mutation.retainUnderspend":        asks(funding.RetainUnderspend{}),
	"Mutation.offerUnderspend":         asks(funding.OfferUnderspend{}),
	"Mutation.reallocateUnderspend":    asks(funding.ReallocateUnderspend{}),
	"Mutation.returnFunding":           asks(funding.ReturnFunding{}),
	"Mutation.moveToSuccessor":         asks(funding.MoveToSuccessor{}),
	"Mutation.closeFundingYear":        asks(funding.CloseYear{}),
	"Mutation.carryInFunding":          asks(funding.CarryIn{}),
	"Mutation.confirmReceipt":          asks(funding.ConfirmReceipt{}),
	"Mutation.commitFunding":           asks(funding.CommitFunding{}),
	"Mutation.releaseCommitment":       asks(funding.ReleaseCommitment{}),
	"Mutation.spendFunding":            asks(funding.SpendFunding{}),
	"Mutation.declareUnderspend":       asks(funding.DeclareUnderspend{}),
	"Mutation.acknowledgeSpending":     asks(funding.AcknowledgeSpending{}),
	"Mutation.refuseSpending":          asks(funding.RefuseSpending{}),
	"Mutation.acknowledgeDiversion":    asks(funding.AcknowledgeDiversion{}),
	"Mutation.protestDiversion":        asks(funding.ProtestDiversion{}),
	"Mutation.stateQuantity":           asks(entitlement.StateQuantity{}),
	"Mutation.reverseOwnEntry":         asks(funding.ReverseOwnEntry{}),
	"Mutation.registerPartner":         asks(partner.RegisterPartner{}),
	"Mutation.endPartner":              asks(partner.EndPartner{}),
	"Mutation.setControlTotal":         asks(partner.SetControlTotal{}),
	"Mutation.reportPosition":          asks(partner.ReportPosition{}),
	"Mutation.stateCost":               asks(costing.StateCost{}),
	"Mutation.withdrawCost":            asks(costing.WithdrawCost{}),
	"Mutation.statePayment":            asks(costing.StatePayment{}),
	"Mutation.submitClaim":             asks(workforce.SubmitClaim{}),
	"Mutation.adjustClaims":            asks(workforce.AdjustClaims{}),
	"Mutation.withdrawClaim":           asks(workforce.WithdrawClaim{}),
	"Mutation.approveClaim":            asks(workforce.ApproveClaim{}),
	"Mutation.rejectClaim":             asks(workforce.RejectClaim{}),
	"Mutation.stateBaseline":           asks(workforce.StateBaseline{}),
	"Mutation.planPost":                asks(workforce.PlanPost{}),
	"Mutation.changePost":              asks(workforce.ChangePost{}),
	"Mutation.advancePost":             asks(workforce.AdvancePost{}),
	"Mutation.fillPost":                asks(workforce.FillPost{}),
	"Mutation.vacatePost":              asks(workforce.VacatePost{}),
	"Mutation.withdrawPost":            asks(workforce.WithdrawPost{}),
	"Mutation.reportDirectorTime":      asks(workforce.ReportDirectorTime{}),
	"Mutation.returnStaff":             asks(workforce.ReturnStaff{}),
	"Mutation.openChallenge":           asks(challenge.OpenChallenge{}),
	"Mutation.acknowledgeChallenge":    asks(challenge.AcknowledgeChallenge{}),
	"Mutation.answerChallenge":         asks(challenge.AnswerChallenge{}),
	"Mutation.acceptAnswer":            asks(challenge.AcceptAnswer{}),
	"Mutation.escalateChallenge":       asks(challenge.EscalateChallenge{}),
	"Mutation.resolveChallenge":        asks(challenge.ResolveChallenge{}),
	"Mutation.setFundingPolicy":        asks(policy.SetFundingPolicy{}),
}

// RuleOf returns the rule of a field. A field without one is nobody's.
func RuleOf(object, field string) (rule Rule, exists bool) {
	if rule, exists = fields[object+"."+field]; exists {
		return rule, true
	}
	rule, exists = types[object]
	return rule, exists
}
