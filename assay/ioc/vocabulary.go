package ioc

// The words that decisions turn on. A list grows by reasons, not by samples:
// a word belongs here if it says the same in any report.

// Labels that begin the names of detections: "Trojan.Win32.Zbot.in",
// "W97M.Downloader.AB".
const detectionNames = `trojan trojandownloader trojandropper trojanspy trojan-spy trojan-downloader trojan-dropper trojan-banker trojan-ransom trojan-psw
	trojan-sms trojan-clicker trojan-proxy trojan-ddos trojan-fakeav trojan-gamethief trojan-im trojan-notifier backdoor worm virus exploit
	ransom ransomware adware riskware pua pup hacktool spy spyware agent generic downloader dropper injector
	kryptik packed rootkit win32 win64 win w32 w64 w97m x97m o97m msil js vbs
	linux unix android androidos osx macos php html elf doc xls pdf heur variant
	gen msoffice bat lnk script swf suspicious malware mal troj artemis email-worm net-worm p2p-worm
	infostealer bloodhound application not-a-virus virtool behaveslike deepscan il pws password stealer banker bot tool
	unsafe multios py java python txt`

// What programs call their objects.
const codeNames = `src dst dest this self obj object item items user users req request res resp response ctx context ev
	evt event node el elem element document doc window data args arg opts opt options config
	cfg conf settings logger log console os sys str string json fs path util utils module
	exports process server client db model view row col cell list map key val value tmp
	foo bar baz player file input output form page image img param params entity record entry
	session cookie thread task job msg message err error ex exception ret result props state store
	action payload field prop attr table column index parent child root super cls type attrs values
	match group cmd proc vm app url uri location navigator screen math conn sock socket stream
	dns host event agent destination source network observer related threat rule registry
	wscript adodb scripting msxml2 winhttp buf buffer java javax sun kernel system spring jdbc hibernate logging security http https io
	datetime reader writer workbook worksheet pe dll library builtins rect blob offset dataset manifest makefile configure mapred mapreduce yarn dfs`

// What the first label of a name says about it.
const (
	headCode      = 1 << iota // what programs call their objects
	headDetection             // begins the names that anti-virus products give
	headPackage               // begins a reversed name
	headCountry               // may begin one
	headLanguage              // the packages of a language
	headHost                  // begins hosts, not files
)

const packageHeads, countryHeads, languageHeads, hostHeads = `com org net io edu gov`,
	`de ru cn fr jp uk eu br it nl pl kr tw ir me app dev ai tv co ro`,
	`java javax sun kotlin scala asp vb ado ml socket`,
	`www www1 www2 mail smtp imap pop3 ns1 ns2 ftp mx cdn webmail vpn autodiscover`

var headWords = newWordTable(wordList(map[uint8]string{
	headCode: codeNames, headDetection: detectionNames, headPackage: packageHeads,
	headCountry: countryHeads, headLanguage: languageHeads, headHost: hostHeads,
}))

const hostCues = `domain domains subdomain subdomains host hosts hosted hosting hostname hostnames fqdn fqdns dns c2 c2s
	cnc cc server servers resolve resolves resolved resolving resolution beacon beacons beaconed beaconing website websites
	site sites url urls visit visits visited visiting contact contacts contacted contacting connect connects connected
	connecting connection connections communicate communicates communicated communicating callback callbacks infrastructure
	redirect redirects redirected redirecting lookup lookups query queries queried whois registered registrar nameserver
	nameservers ns mx cname sinkhole sinkholed phishing web network tld proxy gateway dominio domaine sni vhost referer
	referrer origin dominios servidor servidores serveur serveurs sitio sitios domaines domini domeny domena domen domein
	domeinen webseite webseiten webserver sito strona serwer`

const fileCues = `file files filename filenames attachment attachments attached archive archives script scripts saved save
	saves dropped drops drop named execute executes executed executing run runs running extract extracts extracted unzip
	unpacked contains containing document documents path paths sha256 sha1 md5 hash hashes sample samples module modules
	library loads loaded plugin package folder directory edit edited import imports installer called opens opened open cat
	python bash perl chmod compile compiled source detected detection artifact artifacts payload payloads datei dateien anhang
	archivo archivos fichier fichiers fichero ficheros arquivo arquivos dateiname dateinamen dateipfad anhang pliki plik
	allegato allegati adjunto adjuntos anexo anexos soubor bestand bestanden`

// What columns call the type of an indicator.
const typeCues = `domain domains host hostname hostnames fqdn url urls dns c2 file files filename filenames path sha256 sha1 md5 hash`

// cueType marks a cue word that also is the name of a type.
const cueType = 4

var cueWords = newWordTable(wordList(map[uint8]string{uint8(cueHost): hostCues, uint8(cueFile): fileCues, cueType: typeCues}))

const (
	versionIs   = 1 << iota // speaks of versions
	versionJoin             // may stand between such a word and the number
	versionSoft             // names software
)

// Software whose versions have four numbers, or are written so.
const softwareNames = `flash acrobat reader air firefox chrome chromium safari opera edge java jre jdk tomcat apache httpd nginx iis openssl
	openssh php mysql mariadb postgresql wordpress drupal joomla fortigate junos ios asa windows office vcenter esxi citrix confluence jira
	log4j struts weblogic zimbra exim samba python node android kernel driver client agent plugin sdk`

var versionWords = newWordTable(wordList(map[uint8]string{
	versionIs: `version versions ver v vers build section sections release releases firmware rev revision chapter paragraph rfc
		clause oid player fortios productversion fileversion appversion assemblyversion appendix kernel patch sdk driver
		upgrade upgraded os macos versione versie verze wersja wersji versio`,
	versionSoft: softwareNames,
	versionJoin: `and or through thru before than prior until up earlier later is no number in fixed of to`,
}))
