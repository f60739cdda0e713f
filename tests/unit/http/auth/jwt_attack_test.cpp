// A table of attacks on the token reader. Every row is a token that must be refused; most carry a
// valid signature, so that nothing but the attacked rule can refuse them.
#include <gtest/gtest.h>

#include <vector>

#include "http/auth/jwt.h"
#include "tests/unit/http/auth/token_forge.h"

namespace boxoffice::http::auth {
namespace {

struct Attack {
  std::string name;
  std::string token;
};

std::string good_token() { return forge(good_header, good_payload); }
std::string encoded(std::string_view text) { return to_base64(text, Base64::url); }
std::string first_two_parts(const std::string& token) { return token.substr(0, token.rfind('.')); }
std::string exp_is(const std::string& json) {
  return forge_payload(R"({"sub":"user@example.com","exp":)" + json + "}");
}
std::string with_member(const std::string& member) {
  return forge_payload(R"({"sub":"user@example.com","exp":1800000100,)" + member + "}");
}
std::string repeated(std::string_view text, int times) {
  std::string out;
  for (int i = 0; i < times; ++i) out += text;
  return out;
}

std::vector<Attack> algorithm_attacks() {
  std::vector<Attack> attacks;
  for (const char* algorithm : {"none", "None", "NONE", "nOnE", "", "hs256", "HS256 ", "HS384",
                                "HS512", "RS256", "ES256", "PS256", "EdDSA", "HS256\\u0000"}) {
    const std::string header = std::string(R"({"alg":")") + algorithm + R"(","typ":"JWT"})";
    attacks.push_back({"alg " + header, forge_header(header)});
    attacks.push_back(
        {"alg, no signature " + header, encoded(header) + "." + encoded(good_payload) + "."});
  }
  return attacks;
}

std::vector<Attack> header_attacks() {
  return {
      {"no alg", forge_header(R"({"typ":"JWT"})")},
      {"alg null", forge_header(R"({"alg":null})")},
      {"alg a number", forge_header(R"({"alg":256})")},
      {"alg an array", forge_header(R"({"alg":["HS256"]})")},
      {"alg in other case of its name", forge_header(R"({"ALG":"HS256"})")},
      {"alg twice, good first", forge_header(R"({"alg":"HS256","alg":"none"})")},
      {"alg twice, good last", forge_header(R"({"alg":"none","alg":"HS256"})")},
      {"alg twice, once escaped", forge_header(R"({"alg":"HS256","\u0061lg":"none"})")},
      {"alg escaped, of another kind", forge_header(R"({"\u0061lg":"none"})")},
      {"alg nested only", forge_header(R"({"typ":"JWT","a":{"alg":"HS256"}})")},
      {"typ twice", forge_header(R"({"alg":"HS256","typ":"JWT","typ":"JWT"})")},
      {"typ in lower case", forge_header(R"({"alg":"HS256","typ":"jwt"})")},
      {"typ JOSE", forge_header(R"({"alg":"HS256","typ":"JOSE"})")},
      {"kid", forge_header(R"({"alg":"HS256","kid":"1"})")},
      {"kid, a path", forge_header(R"({"alg":"HS256","kid":"../../../../dev/null"})")},
      {"kid, a query", forge_header(R"({"alg":"HS256","kid":"x' UNION SELECT 'key"})")},
      {"jwk, a key of its own", forge_header(R"({"alg":"HS256","jwk":{"kty":"oct","k":"AA"}})")},
      {"jku", forge_header(R"({"alg":"HS256","jku":"https://example.com/keys"})")},
      {"x5u", forge_header(R"({"alg":"HS256","x5u":"https://example.com/x"})")},
      {"x5c", forge_header(R"({"alg":"HS256","x5c":["AA=="]})")},
      {"zip", forge_header(R"({"alg":"HS256","zip":"DEF"})")},
      {"cty, a token within", forge_header(R"({"alg":"HS256","cty":"JWT"})")},
      {"enc, of encrypted tokens", forge_header(R"({"alg":"HS256","enc":"A256GCM"})")},
      {"claims in the header", forge_header(R"({"alg":"HS256","iss":"boxoffice"})")},
      {"an unknown member twice", forge_header(R"({"alg":"HS256","kid":"1","kid":"2"})")},
      {"typ of another kind", forge_header(R"({"alg":"HS256","typ":"at+jwt"})")},
      {"typ null", forge_header(R"({"alg":"HS256","typ":null})")},
      {"crit", forge_header(R"({"alg":"HS256","crit":["exp"]})")},
      {"crit empty", forge_header(R"({"alg":"HS256","crit":[]})")},
      {"b64 false", forge_header(R"({"alg":"HS256","b64":false})")},
      {"b64 true", forge_header(R"({"alg":"HS256","b64":true})")},
      {"header an array", forge_header(R"([{"alg":"HS256"}])")},
      {"header a string", forge_header(R"("HS256")")},
      {"header empty", forge_header("")},
      {"header with more after it", forge_header(good_header + "{}")},
      {"header cut", forge_header(R"({"alg":"HS256")")},
      {"header in Latin-1", forge_header("{\"alg\":\"HS256\",\"typ\":\"JWT\xE9\"}")},
      {"header with a zero byte", forge_header(good_header + std::string(1, '\0'))},
      {"header with a trailing comma", forge_header(R"({"alg":"HS256",})")},
      {"header with a comment", forge_header(R"({"alg":"HS256"/**/})")},
  };
}

std::vector<Attack> payload_attacks() {
  const std::string deep = repeated("[", 1300) + repeated("]", 1300);
  return {
      {"expired this second", exp_is("1800000000")},
      {"expired", exp_is("1799999999")},
      {"exp a string", exp_is(R"("1800000100")")},
      {"exp a float", exp_is("1800000100.5")},
      {"exp a whole float", exp_is("1800000100.0")},
      {"exp with an exponent", exp_is("18e8")},
      {"exp negative", exp_is("-1800000100")},
      {"exp in the year 1970", exp_is("1")},
      {"exp zero", exp_is("0")},
      {"exp minus zero", exp_is("-0")},
      {"exp in thirteen digits, milliseconds", exp_is("1800000100000")},
      {"exp a second more than a year ahead", exp_is("1831536061")},
      {"exp in the year 9999", exp_is("253402300799")},
      {"exp beyond the calendar", exp_is("253402300800")},
      {"exp that overflows microseconds", exp_is("9223372036854775807")},
      {"exp beyond 64 bits signed", exp_is("9223372036854775808")},
      {"exp beyond 64 bits", exp_is("99999999999999999999")},
      {"exp infinite", exp_is("1e999")},
      {"exp null", exp_is("null")},
      {"exp true", exp_is("true")},
      {"exp an array", exp_is("[1800000100]")},
      {"exp an object", exp_is(R"({"exp":1800000100})")},
      {"exp with a leading zero", exp_is("01800000100")},
      {"exp with a plus", exp_is("+1800000100")},
      {"exp hexadecimal", exp_is("0x6B49D264")},
      {"no exp", forge_payload(R"({"sub":"user@example.com"})")},
      {"exp twice", with_member(R"("exp":1900000000)")},
      {"exp twice, equal", with_member(R"("exp":1800000100)")},
      {"exp twice, once escaped", with_member(R"("\u0065xp":1900000000)")},
      {"no sub", forge_payload(R"({"exp":1800000100})")},
      {"sub null", forge_payload(R"({"sub":null,"exp":1800000100})")},
      {"sub a number", forge_payload(R"({"sub":1,"exp":1800000100})")},
      {"sub an object", forge_payload(R"({"sub":{"a":"b"},"exp":1800000100})")},
      {"sub empty", forge_payload(R"({"sub":"","exp":1800000100})")},
      {"sub twice", with_member(R"("sub":"admin@example.com")")},
      {"sub nested only", forge_payload(R"({"a":{"sub":"user@example.com"},"exp":1800000100})")},
      {"sub with a zero", forge_payload(R"({"sub":"user@example.com\u0000x","exp":1800000100})")},
      {"sub a zero", forge_payload(R"({"sub":"\u0000","exp":1800000100})")},
      {"sub with a newline", forge_payload(R"({"sub":"user@example.com\n","exp":1800000100})")},
      {"sub with a delete", forge_payload(R"({"sub":"user\u007f@a.b","exp":1800000100})")},
      {"sub with a bare newline", forge_payload("{\"sub\":\"u\n\",\"exp\":1800000100}")},
      {"sub longer than any address",
       forge_payload("{\"sub\":\"" + std::string(255, 'u') + "\",\"exp\":1800000100}")},
      {"sub an array", forge_payload(R"({"sub":["user@example.com"],"exp":1800000100})")},
      {"sub with the other half of a surrogate",
       forge_payload(R"({"sub":"\udc00","exp":1800000100})")},
      {"sub with surrogates exchanged",
       forge_payload(R"({"sub":"\udc00\ud800","exp":1800000100})")},
      {"sub with an overlong slash", forge_payload("{\"sub\":\"u\xC0\xAF\",\"exp\":1800000100}")},
      {"another issuer", with_member(R"("iss":"https://accounts.example.com")")},
      {"our issuer in other case", with_member(R"("iss":"BoxOffice")")},
      {"our issuer among others", with_member(R"("iss":["boxoffice"])")},
      {"issuer empty", with_member(R"("iss":"")")},
      {"issuer null", with_member(R"("iss":null)")},
      {"issuer twice", with_member(R"("iss":"boxoffice","iss":"boxoffice")")},
      {"an audience", with_member(R"("aud":"another service")")},
      {"our name as audience", with_member(R"("aud":"boxoffice")")},
      {"several audiences", with_member(R"("aud":["boxoffice","another"])")},
      {"no audience", with_member(R"("aud":[])")},
      {"a scope that we do not know", with_member(R"("scope":"read")")},
      {"a role", with_member(R"("role":"admin")")},
      {"a role within", with_member(R"("user":{"role":"admin"})")},
      {"a claim with an empty name", with_member(R"("":1)")},
      {"a claim of another case", with_member(R"("EXP":1900000000)")},
      {"a token for refreshing", with_member(R"("token_use":"refresh")")},
      {"jti a number", with_member(R"("jti":1)")},
      {"jti twice", with_member(R"("jti":"1","jti":"1")")},
      {"sub in Latin-1", forge_payload("{\"sub\":\"\xE9@example.com\",\"exp\":1800000100}")},
      {"sub with half a surrogate", forge_payload(R"({"sub":"\ud800","exp":1800000100})")},
      {"uid zero", with_member(R"("uid":0)")},
      {"uid negative", with_member(R"("uid":-1)")},
      {"uid too large", with_member(R"("uid":4294967297)")},
      {"uid a string", with_member(R"("uid":"1")")},
      {"uid null", with_member(R"("uid":null)")},
      {"iat too far ahead", with_member(R"("iat":1800000061)")},
      {"iat a string", with_member(R"("iat":"1800000000")")},
      {"iat a float", with_member(R"("iat":1800000000.5)")},
      {"iat null", with_member(R"("iat":null)")},
      {"iat after exp", forge_payload(R"({"sub":"u","exp":1800000010,"iat":1800000050})")},
      {"iat at exp", forge_payload(R"({"sub":"u","exp":1800000010,"iat":1800000010})")},
      {"nbf after exp", forge_payload(R"({"sub":"u","exp":1800000010,"nbf":1800000050})")},
      {"iat beyond 64 bits", with_member(R"("iat":99999999999999999999)")},
      {"iat in milliseconds", with_member(R"("iat":1800000000000)")},
      {"nbf too far ahead", with_member(R"("nbf":1800000061)")},
      {"nbf a string", with_member(R"("nbf":"1")")},
      {"nbf negative", with_member(R"("nbf":-1)")},
      {"payload an array", forge_payload("[" + good_payload + "]")},
      {"payload two objects", forge_payload(good_payload + good_payload)},
      {"payload empty", forge_payload("")},
      {"payload not JSON", forge_payload("sub=user@example.com&exp=1800000100")},
      {"payload with a byte order mark at its end", forge_payload(good_payload + "\xEF\xBB\xBF")},
      {"payload in UTF-16", forge_payload(std::string("\xFF\xFE{\0}\0", 6))},
      {"payload deeper than the parser goes", with_member(R"("a":)" + deep)},
      {"payload of some depth", with_member(R"("jti":)" + repeated("[", 20) + repeated("]", 20))},
      {"payload in UTF-8 with a mark before", forge_payload("\xEF\xBB\xBF" + good_payload)},
  };
}

/// Tokens whose three parts are good but whose spelling is not. The signature is made over the
/// altered text, so that it holds.
std::vector<Attack> spelling_attacks() {
  const std::string header = encoded(good_header);
  const std::string payload = encoded(good_payload);
  const std::string token = good_token();
  const std::string signature = token.substr(token.rfind('.') + 1);
  // 32 bytes are 43 characters, of which the last has two unused bits: 'A' + 1 is the same bytes.
  std::string other_bits = token;
  other_bits.back() = static_cast<char>(other_bits.back() + 1);
  return {
      {"empty", ""},
      {"one dot", "."},
      {"two dots", ".."},
      {"no signature part", first_two_parts(token)},
      {"empty signature", first_two_parts(token) + "."},
      {"one part", header},
      {"a fourth part", token + "." + signature},
      {"a dot after it", token + "."},
      {"a dot before it", "." + token},
      {"an empty part", with_signature(header + "." + "." + payload)},
      {"five parts, as encrypted tokens have", token + ".a.b"},
      {"padding on the header", with_signature(header + "=." + payload)},
      {"padding on the payload", with_signature(header + "." + payload + "==")},
      {"padding on the signature", token + "="},
      {"a space before", " " + token},
      {"dots after it", token + "..."},
      {"two dots between", header + ".." + payload + "." + signature},
      {"a letter of another alphabet", with_signature(header + "." + payload + "\xC3\xA9")},
      {"a full stop of another alphabet",
       header + "\xE2\x80\xA4" + payload + "\xE2\x80\xA4" + signature},
      {"a tab before the signature", first_two_parts(token) + ".\t" + signature},
      {"carriage return and newline after", token + "\r\n"},
      {"a byte order mark before", "\xEF\xBB\xBF" + token},
      {"in JSON form", R"({"payload":")" + payload + R"(","signature":")" + signature + "\"}"},
      {"a space after", token + " "},
      {"a newline after", token + "\n"},
      {"a space within the payload",
       with_signature(header + "." + payload.substr(0, 4) + " " + payload.substr(4))},
      {"a newline within the header",
       with_signature(header.substr(0, 4) + "\n" + header.substr(4) + "." + payload)},
      {"the alphabet of plain base64", with_signature(header + "." + payload + "+/+/")},
      {"a zero byte after", token + std::string(1, '\0')},
      {"a zero byte within", with_signature(header + "." + payload + std::string(4, '\0'))},
      {"unused bits of the signature set", other_bits},
      {"a length that no bytes have", with_signature(header + "." + payload + "A")},
      {"percent-encoded dots", header + "%2E" + payload + "%2E" + signature},
      {"larger than the limit", with_member(R"("jti":")" + std::string(4096, 'a') + "\"")},
      {"the Bearer word left on", "Bearer " + token},
      {"quotes around it", "\"" + token + "\""},
  };
}

std::vector<Attack> signature_attacks() {
  const std::string token = good_token();
  const std::string signature = token.substr(token.rfind('.') + 1);
  const std::string zeros(43, 'A');
  const std::string another = forge_payload(R"({"sub":"u","exp":1800000100})");
  const std::string plain = to_base64(repeated("\xFB\xEF\xBE\xFF", 8), Base64::standard);
  return {
      {"another key", forge(good_header, good_payload, "another key, another key, another k")},
      {"the empty key", forge(good_header, good_payload, "")},
      {"a prefix of the key", forge(good_header, good_payload, forge_secret.substr(0, 31))},
      {"a longer key", forge(good_header, good_payload, forge_secret + "0")},
      {"signature of zeros", first_two_parts(token) + "." + zeros},
      {"the key in other case",
       forge(good_header, good_payload, "0123456789ABCDEF0123456789ABCDEF")},
      {"signature in the alphabet of plain base64", first_two_parts(token) + "." + plain},
      {"signature one character short", token.substr(0, token.size() - 1)},
      {"signature without its first character", first_two_parts(token) + "." + signature.substr(1)},
      {"the claims of one token, the header of another",
       encoded(R"({"alg":"HS256"})") + "." + encoded(good_payload) + "." + signature},
      {"the first half of one signature, the second of another",
       first_two_parts(token) + "." + signature.substr(0, 22) +
           another.substr(another.size() - 21)},
      {"signature cut by a byte", token.substr(0, token.size() - 2)},
      {"only the first half of the signature", token.substr(0, token.size() - 22)},
      {"signature doubled", token + signature + "A"},
      {"signature in hexadecimal", first_two_parts(token) + "." + repeated("0f", 32)},
      {"signature of another token",
       encoded(good_header) + "." + encoded(R"({"sub":"admin@example.com","exp":1800000100})") +
           "." + signature},
      {"header and payload exchanged",
       encoded(good_payload) + "." + encoded(good_header) + "." + signature},
      {"payload cut",
       encoded(good_header) + "." + encoded(good_payload).substr(4) + "." + signature},
      {"header replaced",
       encoded(R"({"typ":"JWT","alg":"HS256"})") + "." + encoded(good_payload) + "." + signature},
  };
}

void expect_all_refused(const std::vector<Attack>& attacks) {
  const TokenSigner signer(forge_secret, std::chrono::minutes(30));
  // Without this every row could be refused for a reason that is none of its own.
  ASSERT_TRUE(signer.verify(good_token(), forge_now));
  for (const Attack& attack : attacks) {
    EXPECT_FALSE(signer.verify(attack.token, forge_now)) << attack.name;
  }
}

TEST(JwtAttacks, every_algorithm_but_ours_is_refused) { expect_all_refused(algorithm_attacks()); }
TEST(JwtAttacks, malformed_or_extended_headers_are_refused) {
  expect_all_refused(header_attacks());
}
TEST(JwtAttacks, malformed_or_invalid_claims_are_refused) { expect_all_refused(payload_attacks()); }
TEST(JwtAttacks, a_token_has_one_spelling) { expect_all_refused(spelling_attacks()); }
TEST(JwtAttacks, a_signature_that_is_not_ours_is_refused) {
  expect_all_refused(signature_attacks());
}

TEST(JwtAttacks, a_change_of_any_single_character_is_refused) {
  const TokenSigner signer(forge_secret, std::chrono::minutes(30));
  const std::string token = good_token();
  for (std::size_t i = 0; i < token.size(); ++i) {
    for (const char replacement : {'A', 'B', '-', '.', '='}) {
      if (token[i] == replacement) continue;
      std::string tampered = token;
      tampered[i] = replacement;
      EXPECT_FALSE(signer.verify(tampered, forge_now)) << "position " << i << " " << replacement;
    }
  }
}

TEST(JwtAttacks, every_prefix_of_a_token_is_refused) {
  const TokenSigner signer(forge_secret, std::chrono::minutes(30));
  const std::string token = good_token();
  for (std::size_t size = 0; size < token.size(); ++size) {
    EXPECT_FALSE(signer.verify(token.substr(0, size), forge_now)) << size;
  }
}

}  // namespace
}  // namespace boxoffice::http::auth
