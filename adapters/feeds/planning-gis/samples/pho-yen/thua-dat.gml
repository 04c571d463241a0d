<?xml version="1.0" encoding="UTF-8"?>
<wfs:FeatureCollection xmlns:wfs="http://www.opengis.net/wfs/2.0" xmlns:gml="http://www.opengis.net/gml/3.2" xmlns:dc="http://diachinh.thainguyen.example/gml">
 <wfs:member><dc:ThuaDat gml:id="t.1"><dc:maXa>05860</dc:maXa><dc:soTo>21</dc:soTo><dc:soThua>105</dc:soThua><dc:loaiDat>ODT</dc:loaiDat><dc:dienTich>96.0</dc:dienTich><dc:chuSuDung>Nguyễn Thị Phương</dc:chuSuDung>
  <dc:shape><gml:MultiSurface srsName="urn:ogc:def:crs:EPSG::9213"><gml:surfaceMember><gml:Polygon gml:id="p.1"><gml:exterior><gml:LinearRing><gml:posList>432900 2370000 432900 2370009.8 432909.8 2370009.8 432909.8 2370000 432900 2370000</gml:posList></gml:LinearRing></gml:exterior></gml:Polygon></gml:surfaceMember></gml:MultiSurface></dc:shape></dc:ThuaDat></wfs:member>
 <wfs:member><dc:ThuaDat gml:id="t.2"><dc:maXa>05890</dc:maXa><dc:soTo>4</dc:soTo><dc:soThua>18</dc:soThua><dc:loaiDat>LUC</dc:loaiDat><dc:dienTich>1200</dc:dienTich>
  <dc:shape><gml:Point srsName="urn:ogc:def:crs:EPSG::4326"><gml:pos>21.3984 105.8980</gml:pos></gml:Point></dc:shape></dc:ThuaDat></wfs:member>
 <wfs:member><dc:ThuaDat gml:id="t.3"><dc:maXa>05890</dc:maXa><dc:soTo>4</dc:soTo><dc:soThua>19</dc:soThua><dc:shape><gml:Curve srsName="EPSG:9213"><gml:segments><gml:Arc><gml:posList>1 2 3 4 5 6</gml:posList></gml:Arc></gml:segments></gml:Curve></dc:shape></dc:ThuaDat></wfs:member>
</wfs:FeatureCollection>
