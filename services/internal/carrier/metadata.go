package carrier

// The keys of the stream's metadata.
const (
	EpochKey = "openbook-epoch" // the epoch of all its messages
	BookKey  = "openbook-book"  // the id of the book it is a copy of
)
