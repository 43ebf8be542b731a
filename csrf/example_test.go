package csrf_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/retort-go/retort/csrf"
)

// The two gates of an unsafe request.
func Example() {
	secret := csrf.NewSecret() // kept in the session
	field := csrf.Mask(secret) // in the form of a page

	allowed := func(r *http.Request) (bool, string) {
		if csrf.Safe(r.Method) {
			return true, "safe method"
		}
		v := csrf.CheckOrigin(r.Header, "https", r.Host, nil)
		if v.Outcome == csrf.Cross {
			return false, v.Reason
		}
		return csrf.Verify(secret, r.Header.Get("X-CSRF-Token")), v.Reason
	}

	post := httptest.NewRequest("POST", "https://example.com/pay", nil)
	fmt.Println(allowed(post))
	post.Header.Set("X-CSRF-Token", field)
	fmt.Println(allowed(post))
	post.Header.Set("Sec-Fetch-Site", "cross-site")
	fmt.Println(allowed(post))
	// Output:
	// false neither Sec-Fetch-Site nor Origin
	// true neither Sec-Fetch-Site nor Origin
	// false Sec-Fetch-Site tells of another origin
}
