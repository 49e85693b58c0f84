class Ropes < Formula
  desc "Interactive tutor that turns Markdown notes into lessons"
  homepage "https://ropes.example.org/"
  url "@URL@/ropes-@VERSION@.tar.xz"
  sha256 "@SHA256@"
  license "Apache-2.0"

  depends_on "gettext" => :build
  depends_on "pkgconf" => :build
  depends_on "cjson"
  depends_on "cmark-gfm"
  depends_on "curl"
  depends_on "gnutls"
  depends_on "libarchive"
  depends_on "libmicrohttpd"
  depends_on "libseccomp"
  depends_on "libxml2"
  depends_on :linux
  depends_on "qrencode"
  depends_on "readline"
  depends_on "sqlite"
  depends_on "utf8proc"
  depends_on "wslay"

  def install
    system "make"
    system "make", "install", "PREFIX=#{prefix}"
  end

  def caveats
    <<~EOS
      The practice machine needs programs of your system, such as dockerd and newuidmap.
      `ropes doctor` shows which are missing.
    EOS
  end

  test do
    assert_match version.to_s, shell_output("#{bin}/ropes --version")
    assert_match "docker-start-here", shell_output("#{bin}/ropes list")
  end
end
