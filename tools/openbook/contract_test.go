package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const localTerms = `year: 2026/27
streams:
  - key: local_scheme
    title: Local scheme
    payee: PRACTICE
    source: minutes of the primary care committee
    confidence: LOCAL
    lines:
      - key: local_scheme-flat
        basis: FLAT
        rates: [{rate: 1000, source: minutes of the primary care committee, confidence: LOCAL}]
`

const localMatrix = `year: 2026/27
maturityFrameworks:
  - key: local-matrix
    title: Neighbourhood matrix
    publisher: Sampleshire ICB
    version: April 2026
    from: 2026-04-01
    to: 2027-03-31
    source: minutes of the primary care committee
    confidence: LOCAL
    domains: [{key: people, title: Working with people}, {key: resources, title: Managing resources}]
    levels: [{key: foundation, title: Foundation}, {key: step-1, title: Step 1}]
    descriptors:
      - {key: people-foundation, domain: people, level: foundation, text: They are asked., source: minutes of the primary care committee, confidence: LOCAL}
`

func TestContract(t *testing.T) {
	p := newPlace(t)
	p.up(t)
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(p.dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("local.yaml", localTerms)
	write("higher.yaml", strings.Replace(localTerms, "rate: 1000", "rate: 1200.50", 1))
	write("wrong.yaml", strings.Replace(localTerms, "    payee: PRACTICE\n", "    paye: PRACTICE\n", 1))
	write("matrix.yaml", localMatrix)
	write("louder.yaml", strings.Replace(localMatrix, "They are asked.", "They decide.", 1))
	write("nostep.yaml", strings.Replace(localMatrix, "level: foundation", "level: step-9", 1))
	write("twice.yaml", strings.Replace(localMatrix, "key: step-1", "key: foundation", 1))
	write("nowhere.yaml", "year: 2026/27\ndisputes:\n  - {key: d, about: none, says: It is 2., because: It is older., source: us, confidence: LOCAL}\n")
	p.check(t, []expect{
		{args: "contract show 2025/26", code: notDone, err: "The book has no contract of 2025/26: publish it by `openbook contract publish --shipped --year 2025/26`, or check the year\\."},
		{args: "contract publish --shipped --dry-run --year 2025/26", out: `2025/26  \d+ entries to record; nothing was recorded \(\(shipped\)/2025-26\.yaml\)\n +contract\.stream_listed\.v1 .*`},
		{args: "contract publish --shipped", out: `2019/20  \d+ entries recorded .*\n.*2026/27  \d+ entries recorded .*`},
		{args: "contract publish --shipped --year 2025/26", out: `2025/26  the book says all of it already .*`},
		{args: "contract show 2025/26", out: `Network Contract 2025/26\n\nSTREAM .*Core PCN funding +network +2\.266 +registered patient and year +2025-04-01 +2026-03-31 +found +pulsetoday.*up to 1\.375.*ROLE .*105882\.00.*REQUIREMENT .*EHCH-01.*Conflicting sources\..*`},
		{args: "contract show 2026/27", out: `.*Core PCN funding +network +not known .*It is owed by NHS England\.\n.*CASP\) +network +ended.*`},
		{args: "contract show 2022/23 --on 2022-09-30 --json", out: `\{.*"rate": "0\.72".*`},
		{args: "contract diff 2024/25 2025/26", out: `.*~ core-registered: 2\.218 for one registered patient and year\n  now 2\.266 for one registered patient and year\n.*- clinical_director: Clinical director, ended\n.*\+ F25-01: .*`},
		{args: "contract diff 2025/26", out: `Nothing differs\.`},
		{args: "contract diff local.yaml", out: `\+ local_scheme: Local scheme, paid to the practice\n\+ local_scheme-flat: 1000 for one payee and year, 2026-04-01 to 2027-03-31\n\nIn the book and not in the document; publishing leaves it there:\n  core: .*`},
		{args: "contract publish local.yaml", out: `2026/27  2 entries recorded \(local\.yaml\)`},
		{args: "contract diff higher.yaml", out: `~ local_scheme-flat: 1000 for one payee and year, 2026-04-01 to 2027-03-31\n  now 1200\.50 for one payee and year, .*`},
		{args: "contract show 2019/20", out: `.*\nPCN maturity matrix, NHS England, August 2019, from 2019-08-01 \(found, .*\)\nA tool of development, not a ranking\.\n\nDOMAIN +LEVEL +KNOWN +TEXT\nLeadership, planning and partnerships +Foundation +not known\n.*\nWorking with people and communities +Step 3 +not known\n.*`},
		{args: "contract diff matrix.yaml", out: `\+ local-matrix: Neighbourhood matrix, Sampleshire ICB, April 2026: Working with people; Managing resources, each by Foundation; Step 1, from 2026-04-01 to 2027-03-31\n\+ people-foundation: local-matrix words people at foundation: They are asked\.\n\nIn the book and not in the document; .*`},
		{args: "contract publish matrix.yaml", out: `2026/27  2 entries recorded \(matrix\.yaml\)`},
		{args: "contract publish matrix.yaml", out: `2026/27  the book says all of it already \(matrix\.yaml\)`},
		{args: "contract show 2026/27", out: `.*PCN maturity matrix, .*\nNeighbourhood matrix, Sampleshire ICB, April 2026, from 2026-04-01 to 2027-03-31 \(local, .*\nWorking with people +Foundation +local +They are asked\.\nWorking with people +Step 1 +not known\nManaging resources .*`},
		{args: "contract diff louder.yaml", out: `~ people-foundation: local-matrix words people at foundation: They are asked\.\n  now local-matrix words people at foundation: They decide\.\n.*`},
		{args: "contract diff 2025/26 2026/27", out: `.*\+ local-matrix: Neighbourhood matrix, .*`},
		{args: "contract publish nostep.yaml", code: notDone, err: `.*nostep\.yaml:14:57: The framework local-matrix has no level step-9\. Its levels are foundation, step-1\.`},
		{args: "contract publish twice.yaml", code: notDone, err: `.*twice\.yaml:12:58: Two levels of the framework are called "foundation"\. .*`},
		{args: "contract publish wrong.yaml", code: notDone, err: `wrong\.yaml:5:5: There is no field "paye" in the stream: did you mean "payee"\? Its fields are .*\nwrong\.yaml:3:5: The stream local_scheme has no "payee"\. .*`},
		{args: "contract publish nowhere.yaml", code: notDone, err: `.*nowhere\.yaml:3:21: The contract of 2026/27 has no term none\. .*`},
		{args: "contract publish local.yaml --as pcn", code: notDone, err: `Your roles do not allow this\. It may be done by: steward\.`},
		{args: "contract publish none.yaml", code: notDone, err: `.*none\.yaml: no such file or directory\.`},
		{args: "contract publish", code: misread, err: `FILE is missing: name a document, or --shipped\..*`},
		{args: "contract publish local.yaml --shipped", code: misread, err: `Name documents, or --shipped, not both\..*`},
		{args: "contract publish local.yaml --year 2026/27", code: misread, err: `--year goes with --shipped: .*`},
		{args: "contract publish --shipped --year 2026", code: misread, err: `--year: "2026" is not a financial year: write it as 2025/26\..*`},
		{args: "contract publish --shipped --year 2030/31", code: notDone, err: `No terms of 2030/31 are shipped, only those of 2019/20 to 2026/27: .*`},
		{args: "contract diff 2025-26", code: misread, err: `"2025-26" is not a financial year: write it as 2025/26\..*`},
		{args: "contract diff", code: misread, err: `FILE or YEAR is missing\..*`},
		{args: "contract diff 2024/25 2030/31", code: notDone, err: `The book has no contract of 2030/31: .*`},
	})
	var out []struct {
		Entries  int
		Proposed []json.RawMessage
	}
	if got := p.openbook(t, "contract", "publish", "higher.yaml", "--dry-run", "--json"); json.Unmarshal([]byte(got.out), &out) != nil || len(out) != 1 || out[0].Entries != 1 || len(out[0].Proposed) != 1 {
		t.Errorf("%+v", got)
	}
	var d struct {
		Changes []struct{ Key, Was, Now string }
	}
	if got := p.openbook(t, "contract", "diff", "higher.yaml", "--json"); json.Unmarshal([]byte(got.out), &d) != nil || len(d.Changes) != 1 || d.Changes[0].Key != "local_scheme-flat" || d.Changes[0].Was == "" {
		t.Errorf("%+v", got)
	}
}
