package ioc_test

import (
	"strings"
	"testing"

	"github.com/retort-go/retort/assay/ioc"
)

// foundAll is found with every kind asked for, without the default ones.
func foundAll(text string) string {
	isDefault := map[ioc.Kind]bool{}
	for _, k := range ioc.DefaultKinds() {
		isDefault[k] = true
	}
	var list []string
	for _, m := range ioc.Unique(ioc.Options{Kinds: ioc.Kinds()}.Extract(text)) {
		if !isDefault[m.Kind] {
			list = append(list, string(m.Kind)+" "+m.Value)
		}
	}
	return strings.Join(list, ", ")
}

func TestOtherKinds(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		// Names of networks and machines.
		{"AS64496, ASN 64497 and ASN: 64498; AS400 at CAS1234 as123", "asn AS64496, asn AS64497, asn AS64498"},
		{"duckduckgogg42xjoc72x3sjasowoarfbgcmvfimaftt6twagswzczad[.]onion", "onion duckduckgogg42xjoc72x3sjasowoarfbgcmvfimaftt6twagswzczad.onion"},
		{"http://expyuzz4wqqyqhjn.onion/x and aaaaduckgogg42xjoc72x3sjasowoarfbgcmvfimaftt6twagswzczad.onion", "onion expyuzz4wqqyqhjn.onion"},
		{"00:1A:2b:3c:4d:5e, 00-1a-2b-3c-4d-5f; 001a.2b3c.4d60", "mac 00:1a:2b:3c:4d:5e, mac 00:1a:2b:3c:4d:5f, mac 00:1a:2b:3c:4d:60"},
		{"MAC=00:1a:2b:3c:4d:5e:00:50:56:aa:bb:cc:08:00 x", "mac 00:1a:2b:3c:4d:5e, mac 00:50:56:aa:bb:cc"},
		{"12:34:56 00:11:22:33:44:55:66:77", ""},
		{"{6F9619FF-8B86-D011-B42D-00C04FC964FF}", "uuid 6f9619ff-8b86-d011-b42d-00c04fc964ff"},
		{"arn:aws:iam::123456789012:role/admin, arn:aws:s3:::bucket/key.", "arn arn:aws:iam::123456789012:role/admin, arn arn:aws:s3:::bucket/key"},
		// Machines' innards.
		{`HKLM\Software\Microsoft\Windows NT\CurrentVersion\Run and HKCU:\Software\x.`, `registry HKEY_LOCAL_MACHINE\Software\Microsoft\Windows NT\CurrentVersion\Run, registry HKEY_CURRENT_USER\Software\x`},
		{`"HKEY_USERS\\S-1-5\\My Key"`, `registry HKEY_USERS\S-1-5\My Key`},
		{`saved as C:\Users\Public\a b\evil.exe, then %APPDATA%\x\y.dll and \\srv\share\z`, `windows-path C:\Users\Public\a b\evil.exe, windows-path %APPDATA%\x\y.dll, windows-path \\srv\share\z`},
		{"`C:\\Program Files\\My App\\run me.exe` x", `windows-path C:\Program Files\My App\run me.exe`},
		{"in /tmp/.x/a.sh, ~/.ssh/id_rsa (see /etc/passwd) and/or </div> 1/2", "unix-path /tmp/.x/a.sh, unix-path ~/.ssh/id_rsa, unix-path /etc/passwd"},
		{"dropped evil.exe and invoice.zip", "file evil.exe, file invoice.zip"},
		{"|`President's Official Visit.doc.exe` |", "file President's Official Visit.doc.exe"},
		{"package com.example.app and org.evil.payload.stage2", "package com.example.app, package org.evil.payload.stage2"},
		{"Mutex name: `Global\\abc-1`; mutex \"x y\"", `mutex Global\abc-1, mutex x y`},
		{"the mutex prevents this", ""},
		{`User-Agent: Mozilla/5.0 (X11; Linux) Gecko/20100101 Firefox/100.0 and more`, "user-agent Mozilla/5.0 (X11; Linux) Gecko/20100101 Firefox/100.0"},
		{`"Mozilla/4.0 (compatible; MSIE 6.0)" 200`, "user-agent Mozilla/4.0 (compatible; MSIE 6.0)"},
		{"rule a : b { strings: $x = \"}\" // }\n condition: $x }\nrule of thumb", "yara rule a : b { strings: $x = \"}\" // }\n condition: $x }"},
		// Fingerprints.
		{"imphash: " + md5 + " ja3=" + md5 + " JA3S " + md5, "imphash " + md5 + ", ja3 " + md5 + ", ja3s " + md5},
		{"Authentihash: " + sha256 + " | authentihash | " + sha1, "authentihash " + sha256 + ", authentihash " + sha1},
		{"3:AXGBicFlgVNhBGcL6wCrFQEv:AXGHsNhxLsr2C", "ssdeep 3:AXGBicFlgVNhBGcL6wCrFQEv:AXGHsNhxLsr2C"},
		{"T1" + strings.Repeat("A1", 35) + " tlsh: " + strings.Repeat("b2", 35), "tlsh T1" + strings.Repeat("A1", 35) + ", tlsh " + strings.Repeat("b2", 35)},
		{"t13d1516h2_8daaf6152771_02713d6af862", "ja4 t13d1516h2_8daaf6152771_02713d6af862"},
		{sha256[:56] + " " + sha512[:96], "sha224 " + sha256[:56] + ", sha384 " + sha512[:96]},
		{"T1059.001, TA0002; G0016 S0154 M1036 C0001 DS0015 T2000 S9999 XT1059", "attack T1059.001, attack TA0002, attack G0016, attack S0154, attack M1036, attack C0001, attack DS0015"},
		// Money.
		{"1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa 1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb", "btc 1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"},
		{"3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", "btc 3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy, btc bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"},
		{"BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4 bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5", "btc bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"},
		{"bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0", "btc bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0"},
		{"ltc1qw508d6qejxtdg4y5r3zarvary0c5xw7kgmn4n9 DH5yaieqoZN36fDVciNyRueRGvGLR3mr7L", "ltc ltc1qw508d6qejxtdg4y5r3zarvary0c5xw7kgmn4n9, doge DH5yaieqoZN36fDVciNyRueRGvGLR3mr7L"},
		{"0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed 0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeD", "eth 0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"},
		{"44AFFq5kSiGBoZ4NMDwYtN18obc8AemS33DBLWs3H7otXft3XjrpDtQGv7SqSsaBYBb98uNbr2VBBEt7f2wfn3RVGQBEP3A", "xmr 44AFFq5kSiGBoZ4NMDwYtN18obc8AemS33DBLWs3H7otXft3XjrpDtQGv7SqSsaBYBb98uNbr2VBBEt7f2wfn3RVGQBEP3A"},
		{"rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t", "xrp rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh, trx TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t"},
		{"addr1qx2fxv2umyhttkxyxp8x0dlpdt3k6cwng5pxj3jhsydzer3n0d3vllmyqwsx5wktcd8cc3sq835lu7drv2xwl2wywfgse35a3x", "ada addr1qx2fxv2umyhttkxyxp8x0dlpdt3k6cwng5pxj3jhsydzer3n0d3vllmyqwsx5wktcd8cc3sq835lu7drv2xwl2wywfgse35a3x"},
		{"GAAZI4TCR3TY5OJHCTJC2A4QSY6CJWJH5IAJTGKIN2ER7LBNVKOCCWN7 tz1VSUr8wwNhLAzempoch5d6hLRiTh8Cjcjb", "xlm GAAZI4TCR3TY5OJHCTJC2A4QSY6CJWJH5IAJTGKIN2ER7LBNVKOCCWN7, xtz tz1VSUr8wwNhLAzempoch5d6hLRiTh8Cjcjb"},
		{"bitcoincash:qpm2qsznhks23z7629mms6s4cwef74vcwvy22gdx6a, qpm2qsznhks23z7629mms6s4cwef74vcwvy22gdx6a", "bch bitcoincash:qpm2qsznhks23z7629mms6s4cwef74vcwvy22gdx6a"},
		{"XanAvE5GMB8CsPH78B9moJq9viEVKvCS4f 7SVyqiBykMKdoNuuf1AehnVxASmtdfqsFF t1Hxw6JqWMnhDK5jRCieg5bFHM2qt7UtQvu t3Jex1rKwuh1bQFRrKpKGWDcDVZ8bbQuNrB", "dash XanAvE5GMB8CsPH78B9moJq9viEVKvCS4f, dash 7SVyqiBykMKdoNuuf1AehnVxASmtdfqsFF, zec t1Hxw6JqWMnhDK5jRCieg5bFHM2qt7UtQvu, zec t3Jex1rKwuh1bQFRrKpKGWDcDVZ8bbQuNrB"},
		{"Solana: 4Nd1mYdK7jWnNZ8k2uY6N3uZ8JzVvM5Qy5S2V8QJvX9z", "sol 4Nd1mYdK7jWnNZ8k2uY6N3uZ8JzVvM5Qy5S2V8QJvX9z"},
		{"DE89 3704 0044 0532 0130 00 and GB29NWBK60161331926819, DE89370400440532013001", "iban DE89370400440532013000, iban GB29NWBK60161331926819"},
		// People.
		{"call +49 (30) 123-4567, +1.202.555.0143 or 030 1234567", "phone +49301234567, phone +12025550143"},
		{"UA-12345-1 G-ABC123DEF4 GTM-ABC123 ca-pub-1234567890123456", "ga UA-12345-1, ga G-ABC123DEF4, gtm GTM-ABC123, adsense pub-1234567890123456"},
		{"https://t.me/evilbot hxxps://twitter[.]com/Evil/status/1 Telegram: @evil_bot https://x.com/share", "social telegram:evilbot, social twitter:Evil, social telegram:evil_bot"},
		{"TLP:RED tlp: amber+strict TLP:PURPLE", "tlp TLP:RED, tlp TLP:AMBER+STRICT"},
		// Defanged, as everything else.
		{"expyuzz4wqqyqhjn(.)onion expyuzz4wqqyqhjn[dot]onion hxxp[:]//expyuzz4wqqyqhjn\\.onion/a", "onion expyuzz4wqqyqhjn.onion"},
		{"hxxps[:]//t[.]me/evilbot hxxps://www[.]instagram[.]com/evil.one/ https://wa[.]me/4915112345678", "social telegram:evilbot, social instagram:evil.one, social whatsapp:4915112345678"},
		{"AS-64496 as64496 ASN64499 [AS64500] asn4[.]xyz", "asn AS64499, asn AS64500"},
	} {
		if got := foundAll(tt.in); got != tt.want {
			t.Errorf("%q:\n got %q\nwant %q", tt.in, got, tt.want)
		}
	}
}
