// Package flask lets an app stand beside the Flask application that it is to
// replace: on the same cookie, with the same forms, links and passwords, so that
// a team can move one blueprint at a time and nobody is logged out.
//
// It has three parts.
//
// The wire formats, each for itself: itsdangerous tokens ([Tokens]), the
// session cookie ([Sessions]), Flask-WTF's form tokens, Flask-Login's session
// keys and remember cookie ([Login]), password hashes of Werkzeug and
// Flask-Security ([Passwords]), and what Flask-Session keeps in Redis
// ([StoredSessions], and the values alone: [MarshalStored], [UnmarshalStored]).
// What this package writes, Flask accepts, and the reverse.
//
// The joint, [retort.Config.InsecureSHA1Sessions], which puts an app on Flask's
// cookie. It is called what it is: Flask's sessions are signed with SHA-1, with
// one key for all purposes, and a copied cookie is good until it expires, logged
// out or not. Take it out when the last blueprint has moved.
//
// The proxy, [Beside], which hands everything the app has no route for to the
// old application.
//
// The formats were made for a friendly world, and what comes in here does not
// come from there: nothing is decoded before its signature was found good, one
// spelling of a token is accepted where Python takes several, decompression is
// bounded, and pickle is refused, since reading it means running it.
package flask
