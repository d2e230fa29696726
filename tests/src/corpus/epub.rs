use super::{escaped, zip};

/// A book of two chapters, whose order is that of the spine.
pub fn epub(title: &str, paragraphs: &[String]) -> Vec<u8> {
    let half = paragraphs.len() / 2;
    let chapter = |number: usize, texts: &[String]| {
        let body: String = texts.iter().map(|text| format!("<p>{}</p>", escaped(text))).collect();
        format!(
            "<html xmlns=\"http://www.w3.org/1999/xhtml\"><head><title>{0}</title></head><body><h1>{0}, chapter {number}</h1>\
             {body}</body></html>",
            escaped(title)
        )
    };
    let container = "<container xmlns=\"urn:oasis:names:tc:opendocument:xmlns:container\"><rootfiles>\
        <rootfile full-path=\"OEBPS/book.opf\" media-type=\"application/oebps-package+xml\"/></rootfiles></container>";
    let package = "<package xmlns=\"http://www.idpf.org/2007/opf\"><manifest>\
        <item id=\"b\" href=\"text/two.xhtml\" media-type=\"application/xhtml+xml\"/>\
        <item id=\"a\" href=\"text/chapter%20one.xhtml\" media-type=\"application/xhtml+xml\"/>\
        <item id=\"css\" href=\"style.css\" media-type=\"text/css\"/></manifest>\
        <spine><itemref idref=\"a\"/><itemref idref=\"b\"/></spine></package>";
    zip(&[
        ("mimetype", b"application/epub+zip".to_vec()),
        ("META-INF/container.xml", container.into()),
        ("OEBPS/book.opf", package.into()),
        ("OEBPS/text/two.xhtml", chapter(2, &paragraphs[half..]).into_bytes()),
        ("OEBPS/text/chapter one.xhtml", chapter(1, &paragraphs[..half]).into_bytes()),
    ])
}
