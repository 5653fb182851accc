package events

// The NHS's own codes, in the forms found in every row of NHS England's file
// of July 2026 and in the ODS specification. They are plain strings so that a
// wrong one can be carried to where it is refused with a sentence; Valid says
// whether the form is right, not whether such a body exists.
type (
	PCN      string // Primary Care Network: U and five digits, such as U12345
	Practice string // GP practice: a letter but U, and five digits, such as A81001
	ICB      string // integrated care board: the old form QU9 or the new D4U1Y
	SubICB   string // sub-ICB location, once a CCG: 15C or D4U1Y
	Region   string // NHS England region: Y and two digits, such as Y59
)

// In a pattern 0 is a digit, A a capital letter, * either; all else is itself.
const (
	newBody = "A0A0A" // the five-character codes of 2022 and after
)

// Valid reports whether c has the form of a network's code.
func (c PCN) Valid() bool { return fits(string(c), "U00000") }

// Valid reports whether c has the form of a practice's code. U is the letter of
// networks: taking one for the other is the commonest slip of all.
func (c Practice) Valid() bool { return fits(string(c), "A00000") && c[0] != 'U' }

// Valid reports whether c has one of the two forms of a system's code.
func (c ICB) Valid() bool { return fits(string(c), "Q**") || fits(string(c), newBody) }

// Valid reports whether c has one of the two forms of a sub-ICB location's code.
func (c SubICB) Valid() bool { return fits(string(c), "00A") || fits(string(c), newBody) }

// Valid reports whether c has the form of a region's code.
func (c Region) Valid() bool { return fits(string(c), "Y00") }

// Entity is the network as the book names it.
func (c PCN) Entity() Entity { return Entity("network-" + c) }

// Entity is the practice as the book names it.
func (c Practice) Entity() Entity { return Entity("practice-" + c) }

// Entity is the system as the book names it.
func (c ICB) Entity() Entity { return Entity("system-" + c) }

// Entity is the sub-ICB location as the book names it.
func (c SubICB) Entity() Entity { return Entity("subicb-" + c) }

func fits(code, pattern string) bool {
	if len(code) != len(pattern) {
		return false
	}
	for i := range len(pattern) {
		c := code[i]
		digit, letter := '0' <= c && c <= '9', 'A' <= c && c <= 'Z'
		switch pattern[i] {
		case '0':
			if !digit {
				return false
			}
		case 'A':
			if !letter {
				return false
			}
		case '*':
			if !digit && !letter {
				return false
			}
		default:
			if c != pattern[i] {
				return false
			}
		}
	}
	return true
}
