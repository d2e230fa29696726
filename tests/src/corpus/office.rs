use super::{escaped, zip};

const WORD: &str = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";
const SLIDE: &str = "http://schemas.openxmlformats.org/presentationml/2006/main";
const DRAWING: &str = "http://schemas.openxmlformats.org/drawingml/2006/main";
const SHEET: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const RELATIONS: &str = "http://schemas.openxmlformats.org/package/2006/relationships";
const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const TYPES: &str = "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">\
    <Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>\
    <Default Extension=\"xml\" ContentType=\"application/xml\"/></Types>";

/// A text with a heading of a style, and a table of two cells with its last paragraph.
pub fn docx(title: &str, paragraphs: &[String]) -> Vec<u8> {
    let block = |text: &str, style: &str| {
        format!(
            "<w:p><w:pPr>{style}</w:pPr><w:r><w:t xml:space=\"preserve\">{}</w:t></w:r></w:p>",
            escaped(text)
        )
    };
    let body: String = paragraphs.iter().map(|text| block(text, "")).collect();
    let table = format!(
        "<w:tbl><w:tr><w:tc>{}</w:tc><w:tc>{}</w:tc></w:tr></w:tbl>",
        block("Total", ""),
        block("42 & more", "")
    );
    let heading = block(title, "<w:pStyle w:val=\"berschrift1\"/>");
    let document =
        format!("<w:document xmlns:w=\"{WORD}\"><w:body>{heading}{body}{table}</w:body></w:document>");
    let styles = format!(
        "<w:styles xmlns:w=\"{WORD}\"><w:style w:type=\"paragraph\" w:styleId=\"berschrift1\"><w:name w:val=\"heading 1\"/>\
         </w:style></w:styles>"
    );
    zip(&[
        ("[Content_Types].xml", TYPES.into()),
        ("_rels/.rels", package("word/document.xml").into()),
        ("word/styles.xml", styles.into()),
        ("word/document.xml", document.into()),
    ])
}

/// A slide for each text; the order is that of the presentation, not of the names.
pub fn pptx(slides: &[String]) -> Vec<u8> {
    let count = slides.len();
    let (mut ids, mut relations, mut entries) = (String::new(), String::new(), Vec::new());
    for (at, text) in slides.iter().enumerate() {
        // The last slide is kept first.
        let name = format!("ppt/slides/slide{}.xml", count - at);
        ids.push_str(&format!("<p:sldId id=\"{}\" r:id=\"rId{}\"/>", 256 + at, at + 1));
        relations.push_str(&format!(
            "<Relationship Id=\"rId{}\" Type=\"{OFFICE}/slide\" Target=\"slides/slide{}.xml\"/>",
            at + 1,
            count - at
        ));
        let shape = |kind: &str, text: &str| {
            format!(
                "<p:sp><p:nvSpPr><p:nvPr><p:ph{kind}/></p:nvPr></p:nvSpPr><p:txBody><a:p><a:r><a:t>{}</a:t></a:r></a:p>\
                 </p:txBody></p:sp>",
                escaped(text)
            )
        };
        let slide = format!(
            "<p:sld xmlns:p=\"{SLIDE}\" xmlns:a=\"{DRAWING}\"><p:cSld><p:spTree>{}{}</p:spTree></p:cSld></p:sld>",
            shape(" type=\"title\"", &format!("Slide {at}")),
            shape("", text)
        );
        entries.push((name, slide.into_bytes()));
    }
    let presentation = format!(
        "<p:presentation xmlns:p=\"{SLIDE}\" xmlns:r=\"{OFFICE}\"><p:sldIdLst>{ids}</p:sldIdLst></p:presentation>"
    );
    let relations = format!("<Relationships xmlns=\"{RELATIONS}\">{relations}</Relationships>");
    let mut all: Vec<(&str, Vec<u8>)> = vec![
        ("[Content_Types].xml", TYPES.into()),
        ("ppt/presentation.xml", presentation.into()),
        ("ppt/_rels/presentation.xml.rels", relations.into()),
    ];
    all.extend(entries.iter().map(|(name, bytes)| (name.as_str(), bytes.clone())));
    zip(&all)
}

/// A sheet with a row for each text.
pub fn xlsx(rows: &[String]) -> Vec<u8> {
    let cells: String = rows
        .iter()
        .enumerate()
        .map(|(at, text)| {
            let row = at + 1;
            format!(
                "<row r=\"{row}\"><c r=\"A{row}\"><v>{row}</v></c><c r=\"B{row}\" t=\"inlineStr\"><is><t>{}</t></is></c></row>",
                escaped(text)
            )
        })
        .collect();
    let book = format!(
        "<workbook xmlns=\"{SHEET}\" xmlns:r=\"{OFFICE}\"><sheets><sheet name=\"Prices\" sheetId=\"1\" r:id=\"rId1\"/>\
         </sheets></workbook>"
    );
    let relations = format!(
        "<Relationships xmlns=\"{RELATIONS}\"><Relationship Id=\"rId1\" Type=\"{OFFICE}/worksheet\" \
         Target=\"worksheets/sheet1.xml\"/></Relationships>"
    );
    let sheet = format!("<worksheet xmlns=\"{SHEET}\"><sheetData>{cells}</sheetData></worksheet>");
    zip(&[
        ("[Content_Types].xml", TYPES.into()),
        ("_rels/.rels", package("xl/workbook.xml").into()),
        ("xl/workbook.xml", book.into()),
        ("xl/_rels/workbook.xml.rels", relations.into()),
        ("xl/worksheets/sheet1.xml", sheet.into()),
    ])
}

/// A text with a heading, and a paragraph that was deleted under review.
pub fn odt(title: &str, paragraphs: &[String]) -> Vec<u8> {
    let body: String = paragraphs.iter().map(|text| format!("<text:p>{}</text:p>", escaped(text))).collect();
    let content = format!(
        "<office:document-content xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\" \
         xmlns:text=\"urn:oasis:names:tc:opendocument:xmlns:text:1.0\"><office:body><office:text><text:tracked-changes>\
         <text:p>deleted words</text:p></text:tracked-changes><text:h text:outline-level=\"1\">{}</text:h>{body}\
         </office:text></office:body></office:document-content>",
        escaped(title)
    );
    zip(&[("mimetype", b"application/vnd.oasis.opendocument.text".to_vec()), ("content.xml", content.into())])
}

/// Where the main part of a document is.
fn package(main: &str) -> String {
    format!(
        "<Relationships xmlns=\"{RELATIONS}\"><Relationship Id=\"rId1\" Type=\"{OFFICE}/officeDocument\" \
         Target=\"{main}\"/></Relationships>"
    )
}
