package flask

// The salts of Flask-Security's tokens, by what they are for: SECURITY_…_SALT. The
// tokens are [URLSafeTimed] ones with itsdangerous' default derivation:
//
//	reset, err := flask.NewTokens(flask.URLSafeTimed, flask.SignerConfig{Key: key, Salt: flask.ResetSalt})
//
// A reset token holds the user's fs_uniquifier and a hash of his password, or
// null; a confirmation's his uniquifier and a hash of the address; a login link's
// only the uniquifier. Flask-Security 5.8 signs with the oldest of the fallback
// keys instead of SECRET_KEY, so give them all.
const (
	ConfirmSalt       = "confirm-salt"
	ResetSalt         = "reset-salt"
	LoginSalt         = "login-salt"
	ChangeEmailSalt   = "change-email-salt"
	AuthTokenSalt     = "remember-salt"
	UnifiedSetupSalt  = "us-setup-salt"
	TwoFactorSalt     = "tf-setup-salt"
	TwoFactorDoneSalt = "tf-validity-salt"
	WebAuthnSalt      = "wan-salt"
)

// An AuthToken is what Flask-Security's authentication token holds, which programs
// send as the header Authentication-Token.
type AuthToken struct {
	Version       string  `json:"ver"` // "5"
	UserID        string  `json:"uid"` // the user's fs_uniquifier
	Authenticated float64 `json:"fs_paa"`
	Expires       int64   `json:"exp"` // in Unix seconds; 0 for never
}
