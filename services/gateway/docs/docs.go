// Package docs is the page that a problem's `docs` leads to: every code that
// may be answered, of a refusal or of what is not known, what it means, and what
// to do; and the schema as a page to read.
package docs

import (
	"bytes"
	"html/template"
	"net/http"
	"strings"
)

// Problem explains a code: of a refusal, or of a figure that is not known.
type Problem struct{ Code, Means, Do string }

// ID is the problem's place on the page.
func (p Problem) ID() string { return strings.ToLower(p.Code) }

// Problems are all there are; a test compares them with the code.
var Problems = []Problem{
	{"AMOUNT_INVALID", "An amount is more than nothing, and no more than one entry can hold.", "Correct it. What was wrong before is put right by reversing its entry."},
	{"ANSWERED_ALREADY", "The entry has been answered before, otherwise.", "Look at the answer. If it is wanted after all, enter it again."},
	{"ANSWER_TOO_LARGE", "The answer would be longer than any may be.", "Ask for shorter pages or fewer fields, or fetch the list as CSV."},
	{"BASIS_INVALID", "Patients are counted in one of three ways.", "Write REGISTERED, ADJUSTED or WEIGHTED."},
	{"BODY_TOO_LARGE", "A request is longer than the API takes.", "Ask for less at once; send what varies as variables."},
	{"BODY_TOO_SLOW", "A request did not arrive in time.", "Send it again, in one go."},
	{"BOOK_FULL", "The book's disk is full. Nothing was recorded.", "Tell the operator, then send the same again with the same idempotency key."},
	{"BUSY", "The service has as much to do as it can hold. Nothing was recorded.", "Wait a moment, then send the same again."},
	{"CATEGORY_INVALID", "What may be bought has a name of letters, digits, hyphens, underscores and dots.", "Write it as the contract does, or leave it out."},
	{"CLINICAL_SYSTEM_NOT_KNOWN", "No source tells which clinical system the practice uses.", "Import the registrations, or ask the practice."},
	{"CODE_INVALID", "A code does not have the form the NHS gives such codes.", "Check it: a network is like U12345, a practice like A81001, a system like QU9 or D4U1Y, a region like Y59."},
	{"COMPLEXITY_LIMIT_EXCEEDED", "The operation would cost more than any may: a list costs as many items as it may have, times what each costs.", "Ask for shorter pages or fewer lists within lists; the message names what costs most. Or have the document trusted."},
	{"CONFIDENCE_INVALID", "A term says how well it is known, in one of seven words.", "Write FOUND, FOUND_SECOND_HAND, COMPUTED, REMEMBERED_HIGH, REMEMBERED_MEDIUM, REMEMBERED_LOW or LOCAL."},
	{"CONFLICTING_SOURCE", "A published file contradicts itself, so both of what it says is in the book.", "Ask who published it. A newer file without the contradiction settles it."},
	{"CONTENDED", "Others kept writing to the same history. Nothing was recorded.", "Send the same again in a moment."},
	{"CONTRACT_UNKNOWN", "The book has no Network Contract of this year.", "A steward publishes it; check the year."},
	{"COVERS_A_MEMBER", "The practice is in a network on some of these days, and that network looks after its patients.", "Choose days on which it is in none."},
	{"CURSOR_INVALID", "A cursor does not belong to this list.", "Use the cursors that the pages of this list give you."},
	{"DATE_MISSING", "A date is needed here.", "Write it as 2026-04-01."},
	{"DATE_OUTSIDE_YEAR", "The day is not in the financial year of this ledger.", "Name a day in the year, or the ledger of the other year."},
	{"DEPRIVATION_INVALID", "A deprivation score is 0 or more, of an index of a year.", "Correct the score or the year."},
	{"DEPRIVATION_NOT_KNOWN", "No source tells how deprived a practice's patients are by the index that is used.", "Import the index, or have the practice's score reported with its source."},
	{"DEPRIVATION_THE_SAME", "All networks that can be counted have the same deprivation score, so nothing can go with it.", "Compare more networks."},
	{"DEPRIVATION_WEIGHT_INVALID", "By this weight a network would need less than nothing, or the more deprived would have less.", "Write a number from 0 to the one the message names."},
	{"DIGEST_INVALID", "A SHA-256 is 64 hexadecimal digits.", "Send the SHA-256 of the file itself."},
	{"DIRECTOR_NOT_KNOWN", "Nobody has said who is clinical director of the network, or that it has none.", "Record the appointment."},
	{"DIRECTOR_UNKNOWN", "Nobody has recorded this person as clinical director of this network.", "Check the reference, or appoint them first."},
	{"DOCUMENTS_UNREADABLE", "The folder of trusted documents, or a file in it, cannot be read.", "Name another folder by --documents, or let the gateway read this one."},
	{"DOCUMENT_MISSING", "The request has no document, or one without an operation.", "Send one as `query`, or name a trusted one by its SHA-256."},
	{"DOCUMENT_TOO_DEEP", "Fields are nested deeper than any may be, fragments included.", "Ask for what is deeper in another request, by its code or id."},
	{"DOCUMENT_TOO_LONG", "The document has more words and signs than any may.", "Divide it, or have it trusted."},
	{"ENDS_ALREADY", "A term or a mandate ends earlier than the last day you name.", "To lengthen it, record it again with its new last day."},
	{"ENDS_BEFORE_START", "A period would end before it starts. The last day counts, so it can be the first at the earliest.", "Correct one of the two dates."},
	{"ENTRY_INVALID", "The number of an entry is missing.", "Write the number that the ledger gives the entry, from 1."},
	{"ENTRY_UNKNOWN", "The ledger has no entry of this number.", "Look up the number of the entry you mean."},
	{"FAULT", "Something went wrong on the platform's side.", "Give the operator the id in the message: it finds the fault in the log and the trace."},
	{"FILTER_INVALID", "What a list is filtered by does not fit together.", "Do as the message says."},
	{"FORBIDDEN", "None of your roles allows this.", "Ask somebody who holds one of the roles named in the message."},
	{"FRAGMENT_CYCLE", "A fragment contains itself, or another that does.", "Leave out the spread at the place named."},
	{"GRAPHQL_PARSE_FAILED", "The document is not GraphQL.", "Correct it at the place named."},
	{"GRAPHQL_VALIDATION_FAILED", "The document, or a variable, does not fit the schema.", "Compare it with the schema at the place named. At most five mistakes are told at once."},
	{"IDEMPOTENCY_CONFLICT", "This idempotency key was used before, for another request.", "Use a new key for a new request, the same key only to repeat one."},
	{"IDEMPOTENCY_KEY_INVALID", "The idempotency key is missing, too long, or cannot be printed.", "Send 1 to 200 characters of your own choice; a UUID serves."},
	{"INSTALMENTS_INVALID", "A rate is paid in 1 to 12 instalments.", "Correct the number, or leave it out where no source says."},
	{"JOINS_LATER", "A practice joins a network after the day on which one of the two would have ended.", "Check both days; correct the one that is wrong."},
	{"KEY_INVALID", "A term is named by 1 to 60 letters, digits, hyphens, underscores and dots.", "Write it like core-registered or EHCH-04."},
	{"KEY_TAKEN", "The key names a term of another kind in this year's contract.", "Choose another key, or withdraw that term first."},
	{"LATER_ENTRIES_IN_THE_WAY", "The entry cannot be undone while later ones rest on it.", "Reverse those that the message names first."},
	{"LIMIT_INVALID", "A limit is a number of posts; that of a large network goes with the patients from which on a network is large.", "Correct the numbers, or leave out what is not known."},
	{"LINE_COUNTED", "What the line is paid by is counted by the registry: the lists of the practices.", "Record the list of a practice instead. Beds and points are stated here."},
	{"LINE_DIFFERS", "A line of a stream keeps its stream and its basis: with others it is another line.", "Choose another key, or withdraw the line first."},
	{"LINE_UNKNOWN", "The year's contract has no such line.", "Look at the lines of its streams, and check the year."},
	{"LIST_EMPTY", "A list needs at least one item.", "Name at least one."},
	{"LIST_UNKNOWN", "There is no list of this name as CSV.", "Choose one of those that the message names."},
	{"MAKER_IS_CHECKER", "Whoever asks for this may not approve it, whatever their roles.", "Ask a colleague to approve it, or withdraw it."},
	{"MALFORMED", "The request cannot be read.", "Compare it with the schema."},
	{"MANDATE_UNKNOWN", "This person has no mandate on this body.", "Check the reference and the body's name, letter by letter."},
	{"MAXIMUM_INVALID", "No role is reimbursed up to that.", "Correct the amount, or leave it out where it is not known."},
	{"MAXIMUM_NOT_KNOWN", "No source tells what the role is reimbursed up to. It is not zero: it is not known.", "Ask NHS England, or state it with its source if you know it."},
	{"MEDIA_TYPE_UNSUPPORTED", "A request is not sent as JSON in UTF-8, or is compressed.", "Send it with `Content-Type: application/json`."},
	{"MEMBERSHIP_OVERLAPS", "The practice is in a network on some of these days. It can be in one network at a time.", "Record its last day there first, or choose other dates."},
	{"METHOD_NOT_ALLOWED", "The method does not do for this request: a mutation goes by POST alone, and only trusted documents go by GET.", "Send it by POST."},
	{"MOVED_SINCE", "It was recorded as moved on a later day than the one you name.", "Choose that day, to correct it, or a later one."},
	{"NAMED_TWICE", "A list has the same item twice.", "Name it once."},
	{"NAME_INVALID", "A name is missing, too long, or not plain text on one line.", "Write it in 1 to 200 characters, without spaces at the ends."},
	{"NAME_TOO_LONG", "A name or a number in the document is longer than any is.", "Shorten it."},
	{"NETWORKS_APART", "The two networks are in different systems. Members never change their system by a merger or a split.", "Move one of the networks first."},
	{"NETWORK_CLOSED", "The network has a last day, and some of the days in question are after it.", "Choose earlier days or another network, or reopen it first."},
	{"NETWORK_ELSEWHERE", "The network is not in the system whose body the mandate is for.", "Leave it out, or move it first."},
	{"NETWORK_EXISTS", "The network is in the book already.", "Rename it if only its name is to change."},
	{"NETWORK_HAS_MEMBERS", "The network has members after what would be its last day.", "Record when they leave, or merge it into another network."},
	{"NETWORK_MERGED", "The network was merged into another. That is not taken back.", "Register a new network, and split its practices off."},
	{"NETWORK_NOT_KNOWN", "A published file names a network that no source of networks tells of.", "Import the ePCN workbook of that time, or register the network."},
	{"NETWORK_NOT_OPEN", "The network opens later than the day in question.", "Choose its first day or a later one."},
	{"NETWORK_UNKNOWN", "The book does not know this network.", "Register it first, or check the code."},
	{"NOTHING_CARRIED_FORWARD", "The other ledger has sent nothing into this one.", "Close its year first, or check the system and the year."},
	{"NOTHING_ENTERED", "The system has entered nothing in its ledger of the year. That is not the same as no money.", "Ask the system's finance officers."},
	{"NOTICE_INVALID", "A practice gives notice of one of two things.", "Write LEAVE or OPT_OUT."},
	{"NOTICE_UNKNOWN", "The practice has given this network no notice.", "Look at the practice's notices."},
	{"NOT_ACCEPTABLE", "The answer comes in no media type that you take; a subscription comes as events alone.", "Send `Accept: application/json`, or `text/event-stream` for a subscription."},
	{"NOT_A_DIVERSION", "The entry is not a diversion.", "Check the number of the entry."},
	{"NOT_A_MEMBER", "The practice has no membership of this network on the day in question, or none that is still open.", "Look at the practice's memberships."},
	{"NOT_A_REQUEST", "The entry asks for nothing that could be approved, rejected or withdrawn.", "Name the entry of the request."},
	{"NOT_COMPUTED", "What the contract entitles to has not been worked out: the populations that count are not in the book.", "Import the populations of the year; what follows from them is worked out by itself."},
	{"NOT_ENOUGH_MONEY", "There is less than this in the account the money would come from.", "Enter no more than the message says is there, or first what is missing."},
	{"NOT_MERGED", "The network has not been merged into another by that day.", "Record the merger first, or check the code and the day."},
	{"NOT_PUBLISHED", "Whoever made the figures has not published this one.", "Do without it: nobody here can make it known."},
	{"NOT_REVERSIBLE", "The entry moves no money, or is itself a reversal or part of a year's end.", "Enter what is wanted as an act of its own."},
	{"NOT_SPENT_ON_BEHALF", "The entry is not money that was spent on somebody's behalf.", "Check the number of the entry."},
	{"NOT_STATED", "Nobody has said how many there are of what no registry counts. It is not zero: it is not known.", "The commissioner states it, with the source."},
	{"NOT_SUBMITTED", "Nobody has said this yet. It is not zero: it is not known.", "Ask those who owe it, named in `owedBy`; import the file that has it."},
	{"NOT_THE_MAKER", "Only whoever asked for something may withdraw it.", "Reject it instead."},
	{"NOT_YOUR_ENTRY", "The entry is somebody else's own. Nothing is changed behind their back.", "Check the number of the entry, or ask them."},
	{"NO_MEMBERS", "The network is open, and no practice is in it.", "Record its members, or its last day."},
	{"NO_PATIENTS", "No patients are counted, so nothing can be divided among them.", "Check the list sizes of the network's practices."},
	{"NO_SUCCESSOR", "The book does not say where the money of a system, network or practice goes on next year.", "Record which system it is in then, or allocate or return the money."},
	{"OTHER_SYSTEM", "This belongs to another system. You see totals of other systems, not this.", "Ask somebody of that system."},
	{"OUTSIDE_PERMITTED_USE", "The contract does not permit this stream to be spent on this.", "If it was all the same, give the reason: the entry is recorded and marked."},
	{"OUT_OF_RANGE", "An amount is beyond what can be added up.", "Look whether a quantity or a rate has too many digits."},
	{"PAGE_INVALID", "It is not clear how much you want.", "Send `first` or `last`, from 1 to 100, not both."},
	{"PAID_TO_NETWORKS", "The stream is paid to networks, not to practices.", "Name the network."},
	{"PAID_TO_PRACTICES", "The stream is paid to each practice, not to its network.", "Name the practice."},
	{"PARAMETER_INVALID", "A parameter in the address is not one of the list's, is given twice, or does not have the form it needs.", "Correct it as the message says."},
	{"PARKED", "The history holds an entry that this release cannot read, so what is true now is not known.", "Tell the operator: `openbook doctor` lists it, and a release that can read it heals it."},
	{"PATIENTS_INVALID", "A practice cannot have that many patients, or fewer than none.", "Check the number."},
	{"PAYEE_CLOSED", "The network or practice is not open on the day.", "Choose another day, or the one that stands in its place."},
	{"PAYEE_ELSEWHERE", "The network or practice is in another system on the day.", "Use the ledger of the system it is in."},
	{"PAYEE_INVALID", "Money goes to a network or to a practice.", "Write NETWORK or PRACTICE; or name exactly one of the two."},
	{"PAYEE_UNKNOWN", "The book does not know this network or practice.", "Register it first, or check the code."},
	{"PERIOD_NOT_MONTHS", "The contract pays by the month, and the days are not whole months.", "Begin on the first of a month, and end on the last of one."},
	{"PERIOD_OUTSIDE_YEAR", "The days are not in the year whose contract this is.", "Correct the days, or name the year that they are in."},
	{"PERSISTED_QUERY_MISMATCH", "The document came with the SHA-256 of another.", "Send the SHA-256 of its exact text, or none."},
	{"PERSISTED_QUERY_NOT_FOUND", "No document with this SHA-256 is trusted.", "Send the document itself, or have it trusted. Clients do the former by themselves."},
	{"PERSON_INVALID", "A person is named by a reference, never by name.", "Write person- and 1 to 100 letters, digits, hyphens, dots or underscores, such as person-7c9e."},
	{"PER_INVALID", "A rate is for a whole year, or for the whole of its own period.", "Write YEAR or PERIOD."},
	{"PLACE_EXISTS", "The system has a place with this code already.", "Rename it if only its name is to change, or choose another code."},
	{"PLACE_UNKNOWN", "The system has no place with this code.", "Register the place first, or check the code."},
	{"POSITION_INVALID", "The header Openbook-After does not hold a position.", "Send a position that a receipt or `extensions.asOf` gave you."},
	{"POST_IS_FULL", "A network has one post of clinical director. On some day the shares would make more than that.", "End a term first, or give smaller shares."},
	{"PRACTICE_CLOSED", "The practice has a last day, and some of the days in question are after it.", "Choose earlier days, or check the code."},
	{"PRACTICE_EXISTS", "The practice is in the book already.", "Rename it if only its name is to change."},
	{"PRACTICE_UNKNOWN", "The book does not know this practice.", "Register it first, or check the code."},
	{"PURPOSE_INVALID", "A purpose is named by 1 to 60 letters, digits, hyphens, underscores and dots.", "Write it like additional-roles; anything stands for every other."},
	{"QUANTITY_INVALID", "There are not fewer than none.", "Write 0 or more."},
	{"RATE_BASIS_INVALID", "A rate is multiplied by one of six things.", "Write REGISTERED, ADJUSTED, WEIGHTED, BEDS, POINTS or FLAT."},
	{"RATE_INVALID", "A rate is more than 0, at most £1,000,000, with at most six decimals.", "Correct it, or leave it out where it is not known."},
	{"RATE_LIMITED", "You have asked for more than one client's share.", "Wait for `extensions.retryAfter` seconds, then ask the same again. `extensions.cost` of each answer says what is left."},
	{"RATE_NOT_KNOWN", "No source tells what the stream is paid by. It is not zero: it is not known.", "Ask NHS England, or state it with its source if you know it."},
	{"REASON_MISSING", "A reason is needed here.", "Say it in a sentence: whoever reads the entry later wants to know."},
	{"REFERENCE_INVALID", "A reference is missing, too long, or not plain text.", "Write what the entry is called in your own books, in 1 to 40 characters."},
	{"REFERENCE_USED", "Another entry of yours has this reference and says something else.", "Use another reference, or reverse that entry first."},
	{"REOPENS_TOO_EARLY", "The network was still open on the day from which it would open again.", "Name a later day, or none if it never closed."},
	{"REPEATED_SELECTION", "The same field or fragment is selected twice within the same braces.", "Leave one out."},
	{"REQUEST_INVALID", "The request is not one of GraphQL over HTTP: not one JSON object, or a parameter is missing or of the wrong type.", "Do as the message says."},
	{"REVERSED_ALREADY", "The entry has been undone.", "Look at the entry that has undone it."},
	{"REVISION_CONFLICT", "The history has moved on since the revision you named.", "Look at what is there now, then decide again."},
	{"ROLE_UNKNOWN", "The year's contract reimburses no role of this key.", "Set the role first, or check its key."},
	{"SAME_NETWORK", "A network cannot go into itself.", "Name another network."},
	{"SAME_SYSTEM", "A system cannot succeed itself.", "Name the systems that stand in its place."},
	{"SHARE_INVALID", "A share of a post is more than 0 and at most 1; a share of a cost is 1 to 100 per cent.", "Write 1 for all of a post, 0.5 in a job share of two; 100 for all of a cost."},
	{"SLOW_READER", "Changes came faster than you read them, so the subscription was ended.", "Subscribe again with `after`, the position of the last change you have seen."},
	{"SOURCE_EXISTS", "Another file was cited under this name.", "Name this one otherwise: the first digits of its SHA-256 tell them apart."},
	{"SOURCE_INVALID", "A source is named by what it holds, the day it describes, and the first digits of its SHA-256.", "Write it like epcn-2024-10-01-9f86d081."},
	{"SOURCE_MISSING", "Every figure of a contract says where it is known from.", "Write the source in at most 1,000 characters, on one line."},
	{"SOURCE_UNKNOWN", "The book does not know the file that the report is of.", "Cite the source first."},
	{"SPLIT_OFF", "The practice was split off from this network on one of these days.", "Record its membership up to the day before, or from that day on."},
	{"STAGE_INVALID", "This act does not take money from that stage.", "Name one of those in the message, or none."},
	{"STALE", "This replica has not come as far as the position you named. Nothing was recorded.", "Send the same again in a moment."},
	{"STOPPING", "The replica that you were watching is stopping.", "Subscribe again with `after`, the position of the last change you have seen."},
	{"STREAM_ENDED", "The year's contract has the stream no more, so it has no rate.", "List it again first, or name another stream or year."},
	{"STREAM_INVALID", "A funding stream has a name of letters, digits, hyphens, underscores and dots.", "Write it as the contract does, such as core."},
	{"STREAM_UNKNOWN", "The year's contract has no stream of this key.", "Check its key and the year; a steward may list the stream with its source."},
	{"SYSTEM_EXISTS", "The system is in the book already.", "Rename it if only its name is to change."},
	{"SYSTEM_NOT_KNOWN", "No source tells which system this is in.", "Import the registrations, which tell."},
	{"SYSTEM_SUCCEEDED", "Other systems stand in this one's place on the day in question.", "Name a system that stands on the day."},
	{"SYSTEM_UNKNOWN", "The book does not know this system.", "Register it first, or check the code."},
	{"SYSTEM_WITHOUT_NETWORK", "A practice that counts for no network counts in no system either.", "Say the network too, or neither."},
	{"TERM_IN_USE", "Other terms rest on this one.", "Withdraw those first; the message names them."},
	{"TERM_UNKNOWN", "The year's contract has no term of this key.", "Check the key, or state the term first."},
	{"TEXT_INVALID", "A sentence is missing, too long, or cannot be shown.", "Write it in 1 to 1,000 characters, on one line."},
	{"TEXT_TOO_LONG", "A text is longer than 500 characters.", "Shorten it."},
	{"TIMED_OUT", "The answer took longer than any may.", "Ask for less at once, or again in a moment."},
	{"TOO_FEW_NETWORKS", "There are fewer networks than the figure needs.", "Look at the networks left out: each has a reason."},
	{"TOO_FEW_TO_SHOW", "A figure of fewer than five networks is open to those who belong to their system alone.", "Ask somebody of that system."},
	{"TOO_LARGE", "The request would record more at once than the book takes.", "Divide it into smaller ones."},
	{"TOO_MANY", "A list in the request is longer than anything real.", "Divide the request."},
	{"TOO_MANY_ALIASES", "The document renames more fields than any may.", "Ask for a list instead, or divide the request."},
	{"TOO_MANY_DIRECTIVES", "There are more directives in one place than any needs.", "Leave out those that repeat others."},
	{"TOO_MANY_DOCUMENTS", "The folder of trusted documents has more than it may.", "Take out those that nothing sends any more."},
	{"TOO_MANY_FRAGMENTS", "The document defines more fragments than any may.", "Write those out that are used once."},
	{"TOO_MANY_OF_YOURS", "You are watching as many things at once as one person may on one replica.", "End a subscription, then try again."},
	{"TOO_MANY_OPERATIONS", "The document has more operations than any may.", "Send only the one that is to be carried out."},
	{"TOO_MANY_ROOT_FIELDS", "The operation asks for more at once than any may; a subscription for more than one thing.", "Divide the request."},
	{"TOO_MANY_SELECTIONS", "The document selects more fields than any may, fragments included.", "Divide the request."},
	{"TOO_MANY_SUBSCRIBERS", "As many are watching as this replica can serve.", "Try again in a moment."},
	{"UNAUTHENTICATED", "You are not signed in, or your sign-in has ended.", "Sign in, then send the same again."},
	{"UNAVAILABLE", "A part of the platform did not answer in time. It is not known whether anything was recorded.", "Send the same again with the same idempotency key: it is recorded once."},
	{"UNDATED", "No source gives a day for this, only days it was between. A figure that depends on the day is not known.", "Ask for a day outside of the two, or record the day."},
	{"UNKNOWN", "What the request is about is not in the book.", "Register it first, or check the code."},
	{"UNWARRANTED", "A service was asked by somebody else than the gateway.", "Ask at the gateway."},
	{"VALUE_TOO_DEEP", "Lists and objects in a value are nested deeper than in any of the schema.", "Compare the value with the schema."},
	{"VARIABLES_TOO_LARGE", "The variables hold more than any document takes.", "Divide the request."},
	{"WEBSOCKET_NOT_OFFERED", "There is no WebSocket here.", "Subscribe over server-sent events: POST with `Accept: text/event-stream`."},
	{"YEAR_CLOSED", "The ledger of this year is closed.", "Enter it in the ledger of the year after."},
	{"YEAR_INVALID", "This is no financial year, or one before there were networks.", "Write it as 2025/26; the first is 2019/20."},
}

var page = func() []byte {
	var b bytes.Buffer
	t := template.Must(template.New("").Parse(`<!doctype html>
<html lang="en-GB"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Openbook: problems</title>
<h1>Problems</h1>
<p>Each code that Openbook may answer, what it means, and what to do.</p>
<dl>{{range .}}
<dt id="{{.ID}}"><code>{{.Code}}</code></dt><dd>{{.Means}} {{.Do}}</dd>{{end}}
</dl></html>
`))
	if err := t.Execute(&b, Problems); err != nil {
		panic(err) // the template and the table are both here
	}
	return b.Bytes()
}()

// Handler serves the page.
func Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { send(w, "text/html; charset=utf-8", "", page) })
}

// send sends a page that may do nothing but what is allowed.
func send(w http.ResponseWriter, kind, allowed string, page []byte) {
	h := w.Header()
	h.Set("Content-Type", kind)
	h.Set("Content-Security-Policy", strings.TrimSuffix("default-src 'none'; frame-ancestors 'none'; base-uri 'none'; "+allowed, "; "))
	h.Set("X-Content-Type-Options", "nosniff")
	_, _ = w.Write(page) // a client that is gone misses nothing
}
