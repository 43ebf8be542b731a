// Package route maps request paths to rules and rules back to URLs, with the
// semantics of Werkzeug 3.1, on which Flask stands.
//
// Go's ServeMux cannot do this work: it has no converters, no weights, answers
// a missing slash with 301 or 307 depending on the method, redirects dot
// segments away, and cannot build a URL from a name. Applications that move
// from Flask rely on all of that, and so do the links in their pages.
//
// A [Map] is filled with [Map.Add], made ready once with [Map.Compile], and
// then asked by any number of goroutines with [Map.Match] and [Map.Build].
//
// # Order
//
// The path is walked segment by segment. At each step fixed text is tried
// first, then patterns: those with more and longer text first, then those with
// lighter converters, then those added first. What leads nowhere is taken back.
// Each state of the rules is visited at most once, and several variables in
// one segment are shared out in linear time, so no path and no rule makes
// matching explode.
//
// The value of a variable is looked at only once a rule has been chosen. With
// /<int(min=5):id> and /<name>, the path /3 is not found: the first rule is
// chosen, and refuses.
//
// # Differences
//
// Where Werkzeug raises an unexpected error, follows an accident or lets a
// value out of its place, this package does otherwise:
//
//   - Rules: a variable named twice, an empty list of methods, an alias of
//     nothing, arguments that a converter does not know or that Werkzeug drops
//     or garbles (any(1,2), any(a,$)), a host in upper case, and a rule without
//     Host under host matching are refused when they are added.
//   - A host that is not under Options.ServerName matches no rule. Werkzeug
//     calls its subdomain "<invalid>", which a <variable> matches.
//   - An integer of more than 4300 digits is not found rather than an error.
//   - Eleven and more variables in one segment are bound in their order.
//   - An alias whose only other rules do not take the method answers itself,
//     where Werkzeug would redirect it to itself forever.
//   - [Match.Location] is a path unless the target is on another host, so it
//     is right behind any proxy. RedirectTo and RedirectFunc cannot be led to
//     another host by a variable.
//   - [Map.Build] quotes text given for a uuid, refuses a list for a variable
//     and what is no host for a variable of the host, and never makes a URL
//     that starts with two slashes. Scheme-relative URLs are not built.
//   - The expressions of custom converters have Go's syntax, in which \d is an
//     ASCII digit. The int and float converters take digits of any script.
package route
